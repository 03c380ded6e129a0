import { withAttempt } from "./attempts.ts";
import type { ApiAnswer, Attempt, Command, Reply } from "./command.ts";
import { type Event, isTerminal, nextState } from "./state.ts";

/** What an event brings with it. */
export interface Move {
	readonly event: Event;
	readonly at: number;
	/** When the tick must look again; ignored where the next state is terminal. */
	readonly wakeAt?: number;
	readonly lease?: { readonly owner: string; readonly until: number };
	readonly attempt?: Attempt;
	readonly answer?: ApiAnswer;
	readonly messageId?: string;
	readonly reply?: Reply;
	readonly error?: { readonly code: string; readonly message: string };
	readonly after?: NonNullable<Command["after"]>;
	readonly supersededBy?: string;
	readonly followedBy?: readonly string[];
	/** The device may have the command from this attempt, and another one follows. */
	readonly inDoubt?: true;
}

/** What would claim that the device does not have the command. */
const DENIALS: ReadonlySet<Event> = new Set(["expire", "cancel", "fail"]);

/** The command after the event, or undefined where its state does not let that happen. */
export function move(command: Command, change: Move): Command | undefined {
	const denies = DENIALS.has(change.event) && !change.reply;
	const happened = command.inDoubt && denies ? "lose" : change.event;
	const state = nextState(command.state, happened);
	if (!state) return undefined;
	const { event, at, wakeAt, lease, attempt, ...facts } = change;
	const { wakeAt: _wakeAt, lease: _lease, parked: _parked, error: _error, ...lasting } = command;
	return {
		// A note changes no state, and so keeps what belongs to the state.
		...(event === "note" ? command : lasting),
		...facts,
		...(attempt ? withAttempt(command, attempt) : {}),
		...(isTerminal(state) || wakeAt === undefined ? {} : { wakeAt }),
		...(state === "sending" && lease ? { lease } : {}),
		...(event === "park" ? { parked: true as const } : {}),
		state,
		updatedAt: at,
	};
}
