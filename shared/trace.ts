import { createHash } from "node:crypto";

/** `traceparent` of version 00: version, trace, span, flags (W3C Trace Context, section 3.2). */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;
const SPAN_DIGITS = 16;

/**
 * The trace that a request or a message belongs to.
 * @returns the header as version 00 has it; undefined for what is none, which is then as good as absent.
 */
export function readTraceparent(text: unknown): string | undefined {
	const [, version = "ff", trace = "", span = "", flags, more] =
		(typeof text === "string" && FORM.exec(text)) || [];
	const isValid = version !== "ff" && !NOTHING.test(trace) && !NOTHING.test(span);
	// A later version may say more; this one says no more than that.
	if (!isValid || (version === "00" && more !== undefined)) return undefined;
	return `00-${trace}-${span}-${flags}`;
}

interface Traced {
	readonly id: string;
	readonly source: { readonly traceparent?: string };
}

/** For a line of the log about a command. */
export const traceOf = ({ source: { traceparent } }: Pick<Traced, "source">) =>
	traceparent === undefined ? {} : { traceId: traceparent.split("-")[1] };

/** The span of one attempt of a command, within the trace that caused it. */
export function spanOf({ id, source }: Traced, startedAt: number): { readonly spanId?: string } {
	if (source.traceparent === undefined) return {};
	const hash = createHash("sha256").update(`${id} ${startedAt}`).digest("hex");
	return { spanId: hash.slice(0, SPAN_DIGITS) };
}
