import { MnsError } from "./errors.ts";

/** A request that has been authenticated, in the terms of the API. */
export interface MnsRequest {
	readonly method: string;
	/** Decoded path segments. */
	readonly path: readonly string[];
	/** Query items by lower-case name: clients differ in `ReceiptHandle` and `receiptHandle`. */
	readonly query: ReadonlyMap<string, string>;
	readonly header: (name: string) => string | undefined;
	readonly body: Buffer;
	/** Where the client reached the service; queue addresses start with it. */
	readonly baseUrl: string;
	/** Aborted when the client goes away. */
	readonly signal: AbortSignal;
}

/** Path and query of a request line. */
export function readTarget(target: string): Pick<MnsRequest, "path" | "query"> {
	const at = target.indexOf("?");
	const path = at < 0 ? target : target.slice(0, at);
	const query = new Map<string, string>();
	for (const item of at < 0 ? [] : target.slice(at + 1).split("&")) {
		if (item === "") continue;
		const equals = item.indexOf("=");
		const name = equals < 0 ? item : item.slice(0, equals);
		query.set(decode(name).toLowerCase(), equals < 0 ? "" : decode(item.slice(equals + 1)));
	}
	return { path: path.split("/").filter(Boolean).map(decode), query };
}

/** A whole number from the query; undefined if it is not there. */
export function queryInteger(request: MnsRequest, name: string): number | undefined {
	const text = request.query.get(name.toLowerCase());
	if (text === undefined || text === "") return undefined;
	if (!/^[+-]?\d{1,9}$/.test(text)) {
		throw new MnsError(
			"InvalidQueryString",
			`Http request URL contains invalid querystring item "${name}".`,
		);
	}
	return Number(text);
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new MnsError("InvalidRequestURL");
	}
}
