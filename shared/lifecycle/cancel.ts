import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { Stored } from "../store/document-store.ts";

interface CancelDeps {
	readonly commands: CommandStore;
	readonly clock: Clock;
}

/**
 * Cancels a command that is not sent yet.
 * @returns whether it is canceled now, also if it was before; undefined if there is no such command.
 */
export async function cancel(
	{ commands, clock }: CancelDeps,
	command: string | Stored<Command>,
	error?: Command["error"],
): Promise<{ readonly stored: Stored<Command>; readonly canceled: boolean } | undefined> {
	const changed = await commands.change(command, () => ({
		event: "cancel",
		at: clock.now(),
		...(error ? { error } : {}),
	}));
	return (
		changed && {
			stored: changed.stored,
			canceled: changed.stored.document.state === "canceled",
		}
	);
}
