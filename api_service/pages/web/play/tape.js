import { grouped } from "../common/languages.js";
import { lacksOf } from "../common/says.js";

/**
 * What stands on a key's tape, by the word of its button (`common/says.js`): `title`, `detail` and, large beside them,
 * `number`; `spoken` is for whoever listens, where that is something else. Words without a tape are about what is lacking.
 */
const TAPES = {
  asleep: (texts) => texts.asleep,
  starting: (texts, { startsIn }) => ({
    ...{ title: texts.starting, number: startsIn },
    spoken: texts.startsIn(startsIn),
  }),
  paused: (texts, { button }) => ({ title: texts.resting, detail: button.mine > 0 ? texts.kept : texts.resumes }),
  unavailable: (texts, { button }) => ({ title: texts.notUsable, detail: button.reason }),
  failed: (texts, { answer }) => ({
    ...{ title: texts.gaveBack, detail: texts.back(answer) },
    spoken: texts.failed(answer.reason),
  }),
  done: (texts, { answer }) => ({ title: texts.done, detail: answer.reason }),
  lasting: (texts, { countdown }) => ({
    ...{ title: texts.lasting, detail: texts.lastingOf(countdown), number: countdown.seconds },
    spoken: texts.lastingSpoken(countdown),
  }),
  sent: (texts, { answer }) => ({ title: texts.sent, detail: answer.presses ? texts.spent(answer.presses) : "" }),
};

/** The tape of a key that says this `{word, button, startsIn, answer, countdown}`; undefined where it has none. */
export const tapeOf = (texts, said) => TAPES[said.word]?.(texts, said);

/** What the slower one lacks, presses or time: a `count`, and the words `before` and `after` it. */
export function lackOf(texts, said) {
  return { before: "", ...(texts.lacks[said.word] ?? texts.lacks.more), count: grouped(lacksOf(said.word, said)) };
}

/** Who has a part in a button's next trigger; "" where nobody has. */
export function peopleOf(texts, { mine, pending, people }) {
  if (mine === 0) return people > 0 ? texts.people(people) : "";
  const isCounted = mine > pending; // among the people
  return texts.youIn(Math.max(0, people - isCounted));
}
