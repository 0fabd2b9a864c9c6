/**
 * One button as a page shows it: the server's state, and what is on its way there. One that has not changed is the same
 * object from state to state.
 */
export interface ButtonState {
  readonly eventType: string;
  readonly team: "skill" | "enemy" | "";
  readonly labels: readonly { readonly lang: string; readonly text: string }[];
  readonly icon: string;
  readonly color: string;
  readonly enabled: boolean;
  /**
   * Presses towards the next trigger, this viewer's own that are on their way included. With these a button fills up
   * and stays full until the server says that it fired.
   */
  readonly count: number;
  /** Presses for one trigger, with the viewers who are active now. */
  readonly required: number;
  /** 0 to 1, from `count` and `required`. */
  readonly progress: number;
  /** Triggers fired in this round. */
  readonly level: number;
  /** When the button may fire again (ms on `performance.now()`), 0 when now. */
  readonly cooldownUntil: number;
  /** This viewer's presses that wait to be sent or answered. */
  readonly pending: number;
  /** Who tipped the last trigger of this round that the socket told of; null without one, or where names are hidden. */
  readonly lastTippedBy: string | null;
}

/** `live`: the socket tells; `polling`: the API is asked every few seconds; `offline`: the API does not answer. */
export type Connection = "live" | "polling" | "offline";

export interface RoomState {
  readonly roomId: string;
  /** `loading` until the server first answered; `missing` where there is no such room. */
  readonly status: "loading" | "missing" | "active" | "in_game" | "ended";
  readonly round: number;
  /** Whether `press` takes presses: a round runs, or the first press opens it (room setting `starts`). */
  readonly open: boolean;
  readonly paused: boolean;
  readonly title: string;
  readonly buttons: readonly ButtonState[];
  readonly viewerCount: number;
  readonly connection: Connection;
  /** Who presses: the public half of the viewer id, as in results. Null until known, and for one who only watches. */
  readonly viewer: { readonly id: string; readonly name: string | null } | null;
  /**
   * Presses of this viewer, in this round, that the server accepted; exact once the round has ended and none is
   * `pending`, unless some were dropped as `too_late`.
   */
  readonly mine: number;
  /** Until when (ms on `performance.now()`) presses come faster than they count; 0 when not. */
  readonly limitedUntil: number;
  /**
   * Presses that wait to be sent or answered. After the round's end those that may have counted: the server is asked
   * what did.
   */
  readonly pending: number;
}

export interface Trigger {
  readonly eventType: string;
  readonly viewerName: string | null;
  readonly epoch: number;
  readonly seq: number;
}

/** The round's results, as `GET /api/rooms/{id}/results` gives them. */
export interface Results {
  readonly room_id: string;
  readonly round: number;
  readonly ended_at: string;
  readonly top_overall: Top;
  readonly top_by_event: Readonly<Record<string, Top>>;
  readonly event_totals: Readonly<Record<string, number>>;
  readonly viewer_totals: readonly Top[];
  readonly viewer_summary: ViewerSummary | null;
}

/** Who pressed most; nobody where `count` is 0. */
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
 * A refusal by the server (RFC 9457: its `code` and `status`), no answer of it at all (`code` "unreachable"), or
 * presses that waited for too long (`code` "too_late").
 */
export class StreamarioError extends Error {
  constructor(
    code: string,
    message: string,
    details?: Partial<Pick<StreamarioError, "status" | "retryAfter" | "problems">>,
  );
  readonly code: string;
  /** The HTTP status; 0 where there was none. */
  readonly status: number;
  /** ms to wait before the next try; null where the server named none. */
  readonly retryAfter: number | null;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
}

export interface RoomOptions {
  /** Where the API is, as `https://api.example.com`; default: where the page came from. Needed outside a page. */
  baseUrl?: string;
  /** False for one who only watches (an overlay, a console): no identity, no joining. */
  viewer?: boolean;
  /** Where identity and unsent presses are kept; default: localStorage, or memory without it. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** ms in which presses are gathered into one batch; default 300. */
  gatherMs?: number;
  /** Default: the global one. */
  fetch?: typeof fetch;
  /** Default: the global one; without any (Node 20) the room is polled. */
  WebSocket?: typeof WebSocket;
}

export interface RoomEvents {
  /** The state changed: by a press, or by what the server told. */
  change: RoomState;
  /** A button was full. Only the socket tells; what fired while there was none is not told. */
  trigger: Trigger;
  /** Presses were dropped for a reason that a person should know of. Passing trouble is none: it is waited out. */
  error: StreamarioError;
}

/** A room as one viewer's device sees it. */
export class Room {
  constructor(roomId: string, options?: RoomOptions);
  /** The state now; the same object until something changes. */
  readonly state: RoomState;
  /**
   * Fetch identity and room, join, and stay up to date until `close`. Resolves once the server has said something of
   * the room, however long that takes; it never fails. A room opens once.
   */
  open(): Promise<void>;
  /** Send what is pending, within 3 s, and let go of the room; what is left waits in the storage for the next visit. */
  close(): Promise<void>;
  /**
   * Press a button: shown at once, sent with what is pressed within `gatherMs`. Answers how many presses were taken,
   * whole ones: 0 where none can count (not `open`, no such button, not enabled, not a viewer), fewer where 200 of the
   * button wait.
   */
  press(eventType: string, times?: number): number;
  /** Send what is pending now, without waiting for more; resolves when it is answered, or has to wait. */
  flush(): Promise<void>;
  /** Set the viewer's name; resolves to the name as the server cleaned it. Rejects with a StreamarioError. */
  setName(name: string): Promise<string>;
  /**
   * Results of an ended round (default: the last): asked for a second or two after it was seen to end, and again until
   * the server has them, for a minute at most.
   * Rejects with a StreamarioError, `room_not_ended` before the end.
   */
  results(round?: number): Promise<Results>;
  /** Listen; answers what ends that. */
  on<E extends keyof RoomEvents>(event: E, listener: (detail: RoomEvents[E]) => void): () => void;
}

/** A caption in the first of `languages` that a button has, else its first, else its event type. */
export function labelOf(button: Pick<ButtonState, "labels" | "eventType">, languages: readonly string[]): string;
