import type { Clock } from "../clock.ts";
import { move } from "../command/move.ts";
import { isTerminal } from "../command/state.ts";
import type { CommandStore } from "../store/command-store.ts";

interface CancelDeps {
	readonly commands: CommandStore;
	readonly clock: Clock;
}

/**
 * Calls a command back before it is sent.
 * @returns `canceled`, also if it was before; `begun` where it is too late;
 *   `absent` if there is no such command.
 */
export async function cancelCommand(
	{ commands, clock }: CancelDeps,
	id: string,
): Promise<"canceled" | "begun" | "absent"> {
	for (;;) {
		const stored = await commands.get(id);
		if (!stored) return "absent";
		const { state } = stored.command;
		if (state === "canceled") return "canceled";
		const canceled = move(stored.command, { event: "cancel", at: clock.now() });
		if (!canceled || isTerminal(state)) return "begun";
		if (await commands.replace(stored, canceled)) return "canceled";
	}
}
