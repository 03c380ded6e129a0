/** What may become of a command. README says each in a sentence. */
export const STATES = [
	"accepted",
	"waiting",
	"sending",
	"sent",
	"succeeded",
	"failed",
	"timed_out",
	"expired",
	"canceled",
	"unknown",
] as const;
export type State = (typeof STATES)[number];

/** What happens to a command. */
export const EVENTS = [
	/** a worker takes it, to send it now */
	"claim",
	/** it did not reach the device, or may be sent again: another attempt follows */
	"retry",
	/** the device is offline, and the command says to wait for it */
	"park",
	/** its device is online: it need not wait any longer */
	"wake",
	/** the command before it has not ended, and it must not overtake that */
	"hold",
	/** the platform took it, the device's reply is awaited */
	"send",
	/** the device did it (or no reply was asked for) */
	"succeed",
	/** refused, by the platform or by the device, or impossible to send */
	"fail",
	/** whether the device has it is not known */
	"lose",
	/** no reply within `replyTimeout` */
	"time-out",
	/** not sent before `expiresIn` */
	"expire",
	"cancel",
	/** more is known about an attempt, and the state stays */
	"note",
] as const;
export type Event = (typeof EVENTS)[number];

/**
 * The whole life of a command. A late reply may still close `timed_out` and
 * `unknown`; nothing leaves the other terminal states.
 */
const NEXT: Readonly<Record<State, Readonly<Partial<Record<Event, State>>>>> = {
	accepted: {
		claim: "sending",
		hold: "waiting",
		fail: "failed",
		expire: "expired",
		cancel: "canceled",
	},
	waiting: {
		claim: "sending",
		hold: "waiting",
		wake: "waiting",
		fail: "failed",
		lose: "unknown",
		expire: "expired",
		cancel: "canceled",
	},
	sending: {
		retry: "waiting",
		park: "waiting",
		send: "sent",
		succeed: "succeeded",
		fail: "failed",
		lose: "unknown",
	},
	sent: { succeed: "succeeded", fail: "failed", park: "waiting", "time-out": "timed_out" },
	timed_out: { succeed: "succeeded", fail: "failed" },
	unknown: { succeed: "succeeded", fail: "failed" },
	succeeded: {},
	failed: {},
	expired: {},
	canceled: {},
};

/** The state that `event` leads to, or undefined where it cannot happen. */
export function nextState(state: State, event: Event): State | undefined {
	return event === "note" ? state : NEXT[state][event];
}

const TERMINAL: ReadonlySet<State> = new Set([
	"succeeded",
	"failed",
	"timed_out",
	"expired",
	"canceled",
	"unknown",
]);

/** Whether a command in this state has ended; only a late reply may still change two of these states. */
export const isTerminal = (state: State): boolean => TERMINAL.has(state);

/** States whose end the device's reply may still tell. */
export const MAY_BE_REPLIED: ReadonlySet<State> = new Set([
	"sending",
	"sent",
	"timed_out",
	"unknown",
]);
