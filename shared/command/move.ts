import { withAttempt } from "./attempts.ts";
import type { ApiAnswer, Attempt, Command, Reply } from "./command.ts";
import { type Event, isTerminal, nextState } from "./state.ts";

/** What an event brings with it. */
export interface Move {
	readonly event: Event;
	readonly at: number;
	/** When somebody must look again; ignored where the next state is terminal. */
	readonly wakeAt?: number;
	readonly lease?: { readonly owner: string; readonly until: number };
	readonly attempt?: Attempt;
	readonly answer?: ApiAnswer;
	readonly messageId?: string;
	readonly reply?: Reply;
	readonly error?: { readonly code: string; readonly message: string };
}

/** The command after the event, or undefined where its state does not let that happen. */
export function move(command: Command, change: Move): Command | undefined {
	const state = nextState(command.state, change.event);
	if (!state) return undefined;
	const { wakeAt: _wakeAt, lease: _lease, parked: _parked, error: _error, ...kept } = command;
	return {
		...kept,
		...(change.attempt ? withAttempt(command, change.attempt) : {}),
		...(change.answer ? { answer: change.answer } : {}),
		...(change.messageId === undefined ? {} : { messageId: change.messageId }),
		...(change.reply ? { reply: change.reply } : {}),
		...(change.error ? { error: change.error } : {}),
		...(isTerminal(state) || change.wakeAt === undefined ? {} : { wakeAt: change.wakeAt }),
		...(state === "sending" && change.lease ? { lease: change.lease } : {}),
		...(change.event === "park" ? { parked: true as const } : {}),
		state,
		updatedAt: change.at,
	};
}
