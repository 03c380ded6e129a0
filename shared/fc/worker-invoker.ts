import { type Command, commandSchema } from "../command/command.ts";
import type { Stored } from "../stored.ts";
import * as z from "../zod.ts";

/** The port to the worker function: asynchronous, at least once. */
export interface WorkerInvoker {
	/**
	 * Hands commands to the worker, each at its own time: a waiting command at
	 * its `wakeAt`, any other at once.
	 *
	 * @returns whether Function Compute took them. If not, the tick finds the
	 *   commands, so callers may go on.
	 */
	wake(commands: readonly Stored<Command>[]): Promise<boolean>;
}

/** The port to the worker for operations: asynchronous, at least once. */
export interface OperationInvoker {
	/** @returns whether Function Compute took it. If not, the tick finds the operation. */
	resume(operationId: string): Promise<boolean>;
}

/** When the worker is to begin with a command, in milliseconds since the epoch. */
export const startOf = ({ state, wakeAt }: Command, now: number): number =>
	state === "waiting" ? Math.max(now, wakeAt ?? now) : now;

/** What the worker is invoked with: the commands as they were stored, so that it need not read them. */
const payloadSchema = z.union([
	z.object({ commands: z.array(z.unknown()).check(z.minLength(1)) }),
	z.object({ operation: z.string() }),
]);
const itemSchema = z.object({
	version: z.string().check(z.regex(/^\d+$/)),
	command: commandSchema,
});

/** One command of a payload. */
export const writeCommand = ({ version, document }: Stored<Command>): string =>
	`{"version":"${version}","command":${JSON.stringify(document)}}`;

/** @param commands as `writeCommand` gives them. */
export const writePayload = (commands: readonly string[]): Buffer =>
	Buffer.from(`{"commands":[${commands.join(",")}]}`);

export const writeOperation = (operation: string): Buffer =>
	Buffer.from(JSON.stringify({ operation }));

export type Payload =
	/** The commands, and why others cannot be read: the tick finds those in the table. */
	| { readonly commands: Stored<Command>[]; readonly unreadable: string[] }
	/** Id of an operation to go on with. */
	| { readonly operation: string };

/** @throws Error if the event is not such a payload. */
export function readPayload(event: Buffer): Payload {
	const payload = payloadSchema.parse(JSON.parse(event.toString("utf8")));
	if ("operation" in payload) return payload;
	const commands: Stored<Command>[] = [];
	const unreadable: string[] = [];
	for (const item of payload.commands) {
		const read = itemSchema.safeParse(item);
		if (read.success) {
			commands.push({ version: BigInt(read.data.version), document: read.data.command });
		} else unreadable.push(z.prettifyError(read.error));
	}
	return { commands, unreadable };
}
