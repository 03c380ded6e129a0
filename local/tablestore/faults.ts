import type { RequestFault } from "../request-fault.ts";
import { encodeKey } from "./store/key-encoding.ts";

/** The error that the real service has of itself most often. */
export const busy = {
	kind: "error",
	status: 503,
	code: "OTSServerBusy",
	message: "Server is busy.",
} as const satisfies RequestFault;

/** A part of a table: the rows whose encoded keys lie in [start, end). */
export interface Partition {
	/** Name of a table or of an index. */
	readonly table: string;
	readonly start: Buffer;
	readonly end: Buffer;
}

/** The rows whose partition keys are texts in [from, to); without them there is no bound. */
export function splitPart(
	table: string,
	from: string | undefined,
	to: string | undefined,
): Partition {
	const bound = (text: string | undefined, open: "infMin" | "infMax") =>
		encodeKey([text === undefined ? { kind: open } : { kind: "string", bytes: Buffer.from(text) }]);
	return { table, start: bound(from, "infMin"), end: bound(to, "infMax") };
}
