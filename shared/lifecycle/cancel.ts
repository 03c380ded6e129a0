import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { Stored } from "../stored.ts";

interface CancelDeps {
	readonly commands: CommandStore;
	readonly clock: Clock;
}

/**
 * Cancels a command that is not sent yet. Where an earlier attempt may have
 * reached the device, it ends as `unknown`.
 *
 * @returns the command afterwards, whether this has changed it, and whether
 *   nothing of it is sent any more; undefined if there is no such command.
 */
export async function cancel(
	{ commands, clock }: CancelDeps,
	command: string | Stored<Command>,
	error?: Command["error"],
): Promise<
	| {
			readonly stored: Stored<Command>;
			readonly changed: boolean;
			readonly canceled: boolean;
	  }
	| undefined
> {
	const changed = await commands.change(command, () => ({
		event: "cancel",
		at: clock.now(),
		...(error ? { error } : {}),
	}));
	return (
		changed && {
			stored: changed.stored,
			changed: changed.moved,
			canceled: changed.stored.document.state === "canceled",
		}
	);
}
