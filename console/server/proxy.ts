import {
	type IncomingHttpHeaders,
	type IncomingMessage,
	request as plain,
	type ServerResponse,
} from "node:http";
import { request as secure } from "node:https";

export interface Api {
	/** Without `/v1`. */
	readonly url: string;
	readonly key: string;
}

/** What a request says beside its body. */
const PASSED_ON = [
	"accept",
	"content-type",
	"content-length",
	"idempotency-key",
	"if-match",
	"if-none-match",
	"last-event-id",
	"prefer",
];
/** Of one connection, and not of the answer (RFC 9110, section 7.6.1); cookies have no place here. */
const NOT_PASSED_ON = ["connection", "keep-alive", "transfer-encoding", "set-cookie"];

/** Asks the API with the key, and passes the answer on as it comes, streams included. */
export function passOn(api: Api, incoming: IncomingMessage, response: ServerResponse): void {
	const target = new URL(api.url.replace(/\/+$/, "") + (incoming.url ?? ""));
	const request = target.protocol === "https:" ? secure : plain;
	const headers: IncomingHttpHeaders = { authorization: `Bearer ${api.key}` };
	for (const name of PASSED_ON) {
		const value = incoming.headers[name];
		if (value !== undefined) headers[name] = value;
	}
	const outgoing = request(target, { method: incoming.method, headers }, (answer) => {
		const kept = Object.entries(answer.headers).filter(([name]) => !NOT_PASSED_ON.includes(name));
		response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
		response.flushHeaders();
		answer.pipe(response);
		answer.on("error", () => response.destroy());
	});
	outgoing.on("error", (error) => {
		if (response.headersSent) response.destroy();
		else refuse(response, 502, "no-answer", `${api.url} does not answer: ${error.message}`);
	});
	// Whoever asked has gone: the API need not go on.
	response.on("close", () => outgoing.destroy());
	incoming.pipe(outgoing);
}

/** A problem of RFC 9457, as the API's own are. */
export function refuse(
	response: ServerResponse,
	status: number,
	name: string,
	detail: string,
): void {
	const type = `urn:thingcast:problem:${name}`;
	response.writeHead(status, { "content-type": "application/problem+json" });
	response.end(JSON.stringify({ type, title: name.replaceAll("-", " "), status, detail }));
}
