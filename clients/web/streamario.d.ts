/**
 * One button as a page shows it: the server's state plus this viewer's unanswered presses. A button that has not
 * changed is the same object from state to state.
 */
export interface ButtonState {
  readonly eventType: string;
  readonly team: "skill" | "enemy" | "";
  readonly labels: readonly { readonly lang: string; readonly text: string }[];
  readonly icon: string;
  /** A picture in place of the icon, at `/api/media/{image}`; "" if there is none. */
  readonly image: string;
  /** What a trigger sounds like: a built-in sound's name, or a sound at `/api/media/{sound}`; "" if there is none. */
  readonly sound: string;
  readonly color: string;
  /** The button's own pace: how far apart (ms) its triggers are at least; 0 if it has none. */
  readonly paceMs: number;
  /** How long (ms) the button rests after a trigger; 0 if it does not. */
  readonly cooldownMs: number;
  /** Its share of the room's triggers a minute: 2 = twice as often as 1. */
  readonly weight: number;
  readonly enabled: boolean;
  /** False while the game cannot use the button: presses do not count then, and `press` takes none. */
  readonly available: boolean;
  /** Why not, in the game's words; null if it gave no reason. */
  readonly reason: string | null;
  /** The button's effects that last in the game; the one that ends last is at the end. Only the socket reports them. */
  readonly effects: readonly LastingEffect[];
  /**
   * Presses towards the next trigger, including this viewer's unanswered ones. With those a button fills up and stays
   * full until the server reports that it fired.
   */
  readonly count: number;
  /** How many of `count` are this viewer's. Those from before the page was loaded are missing. */
  readonly mine: number;
  /**
   * Presses that a trigger needs now. With a pace a trigger takes all presses, and needs as many as the one before
   * took; what a crowd does not fill falls.
   */
  readonly required: number;
  /** 0 to 1, from `count` and `required`. */
  readonly progress: number;
  /** Triggers fired in this round. */
  readonly level: number;
  /** Presses that the server accepted in this round, of all viewers. */
  readonly accepted: number;
  /** How many viewers have presses in the bar; 0 also of a server that does not tell. */
  readonly people: number;
  /** Until when the button cools down (ms on `performance.now()`); 0 if it does not. */
  readonly cooldownUntil: number;
  /** When its pace and its cooldown let the button fire (ms on `performance.now()`); 0 if the next press may. */
  readonly readyAt: number;
  /** This viewer's presses that wait to be sent or answered. */
  readonly pending: number;
  /** Who tipped this round's last trigger that the socket reported; null if none, or if names are hidden. */
  readonly lastTippedBy: string | null;
}

/** `live`: the socket sends updates; `polling`: the API is polled; `offline`: the API does not answer. */
export type Connection = "live" | "polling" | "offline";

/** How the room looks, as the streamer has set it; "" = the page's own. Pictures are at `/api/media/{id}`. */
export interface Theme {
  readonly logo: string;
  readonly background: string;
  /** `#rrggbb`, as chosen: the page must ensure enough contrast. */
  readonly accent: string;
  readonly backdrop: string;
  readonly font: "sans" | "serif" | "mono" | "hand" | "pop" | "pixel" | "";
  readonly team_names: { readonly skill: string; readonly enemy: string };
}

export interface RoomState {
  readonly roomId: string;
  /** `loading` until the server's first answer; `missing` if there is no such room. */
  readonly status: "loading" | "missing" | "active" | "in_game" | "ended";
  readonly round: number;
  /** Whether `press` accepts presses: a round runs, or the first press starts one (room setting `starts`). */
  readonly open: boolean;
  readonly paused: boolean;
  /** Whether the round is paused and was emptied: buttons stay empty, and what is pressed meanwhile is thrown away. */
  readonly stopped: boolean;
  /** When the server ends the running round (ms on `performance.now()`); null without a limit, or while it is paused. */
  readonly roundEndsAt: number | null;
  /** How long (ms) a paused round with a limit will go on after its pause; null otherwise. */
  readonly roundLeftMs: number | null;
  /** After how long (ms) the server ends rounds (room setting `round_limit_s`); 0 = never. */
  readonly roundLimitMs: number;
  /**
   * When the 3-2-1 of the running round ends (ms on `performance.now()`): three seconds after its game began it, at the
   * same moment for all viewers. The built-in page shows it and takes no presses before; presses of other pages count.
   * 0 if there is none, as in a round that a press opened, or if it is over for three seconds.
   */
  readonly startsAt: number;
  readonly title: string;
  /** Whether triggers are announced with viewers' names. */
  readonly showsNames: boolean;
  readonly theme: Theme;
  /** How often the buttons without a pace of their own fire, together (room setting `triggers_per_minute`); 0 = off. */
  readonly triggersPerMinute: number;
  readonly buttons: readonly ButtonState[];
  readonly viewerCount: number;
  /** What people type to get to the room; null until known, and once the room is over. */
  readonly code: string | null;
  /** Where people join the room, for pages that invite them; null until known. */
  readonly invitation: Invitation | null;
  /** The room that the streamer has opened after this one, which has ended; null if there is none. */
  readonly nextRoomId: string | null;
  readonly connection: Connection;
  /** The viewer: the public half of the id, as in results. Null until known, and with the option `viewer: false`. */
  readonly viewer: { readonly id: string; readonly name: string | null } | null;
  /**
   * Presses of this viewer that the server accepted in this round; exact once the round has ended and none is
   * `pending`, unless some were dropped as `too_late`.
   */
  readonly mine: number;
  /**
   * The viewer's place among all who pressed in this round, a few seconds old: 1 to 10; or 20, 50 or 100 for one of so
   * many first places, if so many pressed; null for those behind, and while it is not known.
   */
  readonly place: number | null;
  /** Triggers of this round that this viewer's presses tipped. */
  readonly tipped: number;
  /** Until when (ms on `performance.now()`) the page should show that the viewer presses too fast; 0 if not. */
  readonly limitedUntil: number;
  /**
   * Presses that wait to be sent or answered. After the round's end: presses that may have counted, until the server
   * has answered how many did.
   */
  readonly pending: number;
  /** How long (ms) presses are gathered now before they are sent: 300 to 5,000, more the more viewers are active. */
  readonly gatherMs: number;
}

/** Where people join a room, as of the API's last answer. */
export interface Invitation {
  readonly url: string;
  /** From where `url` can be reached: this computer, its network, or anywhere; `checking`: that is being tried. */
  readonly reach: "machine" | "network" | "checking" | "anywhere";
  /** False while a tunnel gives the address, which may change. */
  readonly lasts: boolean;
  /** The streamer's name in the URL, as in `/@luna`; null if there is none. */
  readonly handle: string | null;
}

/**
 * This viewer's presses filled a button, which fired so many `times`. These triggers are numbered one after the other;
 * `lastSeq` is the `seq` of the last one, or null if their answer was repeated.
 */
export interface Tipped {
  readonly eventType: string;
  readonly times: number;
  readonly lastSeq: number | null;
}

/** Which trigger, and the name of the viewer who set it off, if it has one that may be shown. */
export interface TriggerKey {
  readonly eventType: string;
  readonly viewerName: string | null;
  readonly epoch: number;
  readonly seq: number;
}

export interface Trigger extends TriggerKey {
  /** How many viewers pressed the button since its last trigger; 0 if not known, or if only the streamer pressed. */
  readonly people: number;
  /** How many presses the trigger took; 0 if not known. */
  readonly presses: number;
  /** Whether the streamer's own press fired it; then no viewer is named. */
  readonly byStreamer: boolean;
  /** The round that it fired in, which may be over. */
  readonly round: number;
}

/** The names of who has come, the newest at the end, and how many viewers are active now. */
export interface Arrived {
  readonly names: readonly string[];
  readonly viewerCount: number;
}

/** The streamer tries a button: nothing fired. */
export interface Preview {
  readonly eventType: string;
  readonly viewerName: string | null;
}

/** An effect of a button's trigger that lasts in the game. */
export interface LastingEffect {
  readonly epoch: number;
  readonly seq: number;
  readonly viewerName: string | null;
  /** When it ends (ms on `performance.now()`). */
  readonly endsAt: number;
}

/**
 * What the game did with a trigger: it `started` something that lasts until `endsAt` (otherwise null), is `done`, or has
 * `failed`, for this `reason` if it gave one; then `returned` presses are back in the button: 0 if the trigger's round was
 * over.
 */
export interface Effect extends TriggerKey {
  readonly status: "started" | "done" | "failed";
  readonly reason: string | null;
  readonly endsAt: number | null;
  readonly returned: number;
}

/** The round's results, as returned by `GET /api/rooms/{id}/results`. */
export interface Results {
  readonly room_id: string;
  readonly round: number;
  readonly ended_at: string;
  readonly top_overall: Top;
  readonly top_by_event: Readonly<Record<string, Top>>;
  readonly event_totals: Readonly<Record<string, number>>;
  readonly viewer_totals: readonly Top[];
  readonly viewer_summary: ViewerSummary | null;
  /** Of each button of which the game told an outcome. */
  readonly outcomes: readonly ButtonOutcomes[];
  /** Each title at most once. Servers before them send none. */
  readonly titles?: readonly Title[];
}

/** `finisher`: set off most triggers; `steady`: pressed in the most minutes; `first`: pressed first. */
export interface Title {
  readonly title: "finisher" | "steady" | "first";
  readonly viewer_id: string;
  readonly viewer_name: string | null;
}

/** How many triggers of a button were done, how many failed, and how many presses these gave back. */
export interface ButtonOutcomes {
  readonly event_type: string;
  readonly done: number;
  readonly failed: number;
  readonly returned: number;
}

/** The viewer who pressed most; nobody if `count` is 0. */
export interface Top {
  readonly viewer_id: string;
  readonly viewer_name: string | null;
  readonly count: number;
}

export interface ViewerSummary {
  readonly viewer_id: string;
  readonly viewer_name: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
}

/**
 * The server refused (RFC 9457: its `code` and `status`), did not answer (`code` "unreachable"), or presses waited too
 * long (`code` "too_late").
 */
export class StreamarioError extends Error {
  constructor(
    code: string,
    message: string,
    details?: Partial<Pick<StreamarioError, "status" | "retryAfter" | "problems">>,
  );
  readonly code: string;
  /** The HTTP status; 0 if there was none. */
  readonly status: number;
  /** ms to wait before the next try; null if the server named none. */
  readonly retryAfter: number | null;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
}

export interface RoomOptions {
  /** The API's base URL, as `https://api.example.com`; default: the page's origin. Required outside a page. */
  baseUrl?: string;
  /** False for a page that only watches (an overlay, a console): it has no identity and does not join. */
  viewer?: boolean;
  /** True for an overlay that shows `preview`: what its streamer tries. */
  preview?: boolean;
  /** Storage for the identity and unsent presses; default: localStorage, or memory if there is none. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /**
   * Time (ms) for which presses are collected into one batch. Default: what the server asks for, 300 to 5,000. A page
   * for a large audience leaves this out.
   */
  gatherMs?: number;
  /** Default: the global one. */
  fetch?: typeof fetch;
  /** Default: the global one; if there is none (Node 20), the room is polled. */
  WebSocket?: typeof WebSocket;
}

export interface RoomEvents {
  /** The state changed, through a press or a message of the server. */
  change: RoomState;
  /** A button fired. Only the socket reports triggers; those that fire while it is closed are not reported. */
  trigger: Trigger;
  /** Presses of this viewer tipped triggers. It is told by the answer to them, before or after the socket's `trigger`. */
  tipped: Tipped;
  /** The game told what became of a trigger. One that lasts may be told again, such as when the socket reconnects. */
  effect: Effect;
  /** Viewers came, with names, while no round runs; at most once a second. Only the socket reports them. */
  arrived: Arrived;
  /** The streamer tries a button; only with the option `preview`. */
  preview: Preview;
  /** Names told so far must not be shown any more: names are hidden now, or somebody may have been blocked. */
  forget: undefined;
  /** Presses were dropped for a reason that the viewer should know. Temporary failures are retried, not reported. */
  error: StreamarioError;
}

/** A room on one viewer's device. */
export class Room {
  constructor(roomId: string, options?: RoomOptions);
  /** The current state; the same object until something changes. */
  readonly state: RoomState;
  /**
   * Fetch identity and room, join, and stay up to date until `close`. Resolves once the server has answered about the
   * room, however long that takes; it never rejects. Call it once per room.
   */
  open(): Promise<void>;
  /** Send pending presses, within 3 s, and stop; presses that are left stay in the storage for the next visit. */
  close(): Promise<void>;
  /**
   * Press a button: it shows at once, and is sent with the other presses of the next `gatherMs`, or at once if it fills
   * the button. Returns how many presses were accepted (`times` is rounded down): 0 if none can count (not `open`, no
   * such button, not enabled or available, not a viewer), fewer if 200 presses of the button wait already.
   */
  press(eventType: string, times?: number): number;
  /** Send pending presses now, without collecting more; resolves when they are answered, or must wait for a retry. */
  flush(): Promise<void>;
  /**
   * Set the viewer's name; resolves to the name as the server normalised it. Rejects with a StreamarioError. While no
   * round runs it joins again, so that others see the name arrive.
   */
  setName(name: string): Promise<string>;
  /**
   * Results of an ended round (default: the last). Asks the server a second or two after the round has ended, and again
   * until it has the results, for at most a minute.
   * Rejects with a StreamarioError; before the end with `room_not_ended`.
   */
  results(round?: number): Promise<Results>;
  /** Add a listener; returns a function that removes it. */
  on<E extends keyof RoomEvents>(event: E, listener: (detail: RoomEvents[E]) => void): () => void;
}

/** The button's label in the first of `languages` that it has, else its first label, else its event type. */
export function labelOf(button: Pick<ButtonState, "labels" | "eventType">, languages: readonly string[]): string;
