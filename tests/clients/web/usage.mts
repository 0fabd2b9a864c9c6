/** What users of the web client write; it only has to meet the published types. */
import { Room, StreamarioError, labelOf } from "@streamario/web";
import type { Arrived, ButtonState, Effect, Preview, Results, RoomState, Tipped, Trigger } from "@streamario/web";

const room = new Room("01M8794NTDMW2CYNKWGZQ98B2S", { baseUrl: "https://api.example.com", gatherMs: 200 });
const watching = new Room("01M8794NTDMW2CYNKWGZQ98B2S", { viewer: false, preview: true, storage: sessionStorage });

function show({ buttons, status, viewer }: RoomState): void {
  const captions: string[] = buttons.map((button: ButtonState) => labelOf(button, navigator.languages));
  const who: string = viewer?.name ?? "";
  if (status === "in_game") console.log(captions, who);
  // @ts-expect-error A state is read-only.
  buttons[0].count = 3;
}

const forget: () => void = room.on("change", show);
room.on("trigger", ({ eventType, people, presses }: Trigger) => console.log(eventType, people + presses));
room.on("tipped", ({ eventType, times }: Tipped) => console.log(eventType, times, room.state.tipped));
room.on("effect", ({ status, reason, endsAt }: Effect) => console.log(status, reason ?? "", endsAt ?? 0));
room.on("arrived", ({ names, viewerCount }: Arrived) => console.log(names.at(-1) ?? "", viewerCount + 1));
watching.on("preview", ({ eventType, viewerName }: Preview) => console.log(eventType, viewerName ?? ""));
room.on("error", (error) => error.code === "too_late" && error.status === 0);
// @ts-expect-error There is no such event.
room.on("pressed", show);

await room.open();
const taken: number = room.press("skill1", 2);
const name: string = await room.setName("Mika");
try {
  const results: Results = await room.results(1);
  console.log(results.titles?.[0]?.title === "finisher", room.state.startsAt - performance.now());
  console.log(taken, name, results.viewer_summary?.total, results.outcomes[0]?.returned, results.top_by_event.skill1?.viewer_name);
} catch (error) {
  if (error instanceof StreamarioError) console.log(error.code, error.retryAfter, error.problems[0]?.field);
}
forget();
await Promise.all([room.close(), watching.close()]);
