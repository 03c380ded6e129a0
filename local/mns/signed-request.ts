import type { IncomingHttpHeaders } from "node:http";

/** What of a request its signature covers. */
export interface SignedRequest {
	readonly method: string;
	/** Path and query as they stood in the request line. */
	readonly target: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}
