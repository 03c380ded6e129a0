import { TableError } from "../table.ts";

/** What the SDK throws: `code` is the HTTP status or a network code, the OTS code hides in the raw protobuf message. */
interface SdkError {
	readonly code?: string | number;
	readonly message?: string;
}

/** Retrying helps, and nothing was written (Tablestore, "Error codes"). */
const REFUSED_FOR_NOW = new Set([
	"OTSServerBusy",
	"OTSPartitionUnavailable",
	"OTSRowOperationConflict",
	"OTSTableNotReady",
	"OTSNotEnoughCapacityUnit",
	"OTSOperationThrottled",
]);
/** Retrying helps, but a write may already stand. */
const AMBIGUOUS = new Set(["OTSTimeout", "OTSServerUnavailable", "OTSInternalServerError"]);
/** What the SDK says of a refusal without a body. */
const BARE_REFUSALS = new Set(["BadRequest", "Forbidden", "NotFound"]);
const NEVER_CONNECTED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/;

/** Refused here, without asking the service, because it has been failing. */
export const UNAVAILABLE = "TableUnavailable";

export const CONDITION_FAILED = "OTSConditionCheckFail";

/** The OTS code of a failed request, or what else there is to say. */
export function otsCode(error: unknown): string {
	const { code, message } = error as SdkError;
	return /OTS[A-Za-z]+/.exec(message ?? "")?.[0] ?? String(code ?? "unknown");
}

/** Turns what the SDK threw, or a row's failure within a batch, into a `TableError`. */
export function toTableError(error: unknown): TableError {
	if (error instanceof TableError) return error;
	const code = otsCode(error);
	const message = printable((error as SdkError).message ?? String(error));
	const is = (retryable: boolean, applied: "no" | "maybe") =>
		new TableError(code, message, { retryable, applied, cause: error });
	if (REFUSED_FOR_NOW.has(code)) return is(true, "no");
	if (code === "OTSQuotaExhausted") return is(message.includes("Too frequent"), "no");
	if (AMBIGUOUS.has(code)) return is(true, "maybe");
	if (code.startsWith("OTS") || BARE_REFUSALS.has(code)) return is(false, "no");
	if (NEVER_CONNECTED.test(`${code} ${message}`)) return is(true, "no");
	const status = Number(code);
	if (status >= 400 && status < 500) return is(false, "no");
	// Timeouts, resets, unparsable answers, 5xx without a code: the request may have been carried out.
	return is(true, "maybe");
}

/**
 * Whether the error tells of the service as a whole, rather than of a row, a
 * partition, the capacity or the request. Given for requests, not for rows of a batch.
 */
export function tellsOfOutage({ code, retryable, applied }: TableError): boolean {
	if (!retryable) return false;
	return applied === "maybe" || code === "OTSServerBusy" || !code.startsWith("OTS");
}

/** A request that is refused because of what is in it: in a batch, because of a single row perhaps. */
export const isAboutContent = (error: unknown): boolean =>
	error instanceof TableError && ABOUT_CONTENT.has(error.code);

const ABOUT_CONTENT = new Set(["OTSParameterInvalid", "OTSInvalidPK", "OTSRequestBodySizeExceed"]);

function printable(text: string): string {
	return text
		.replace(/[^\x20-\x7e]+/g, " ")
		.trim()
		.slice(0, 300);
}
