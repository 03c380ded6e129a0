import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Arguments of an RPC call travel in the request line; Node's default of 16 KB refuses them. */
const MAX_HEADER_BYTES = 256 * 1024;

/** An idle connection is kept longer than any SDK's own keep-alive, so that a client never writes into a closing one. */
const KEEP_ALIVE_MS = 120_000;

/** A burst of 1,500 calls opens as many connections at once; Node's default of 511 would let the rest wait a second for their SYN to be sent again. */
const LISTEN_BACKLOG = 4096;

/** Starts an HTTP server on 127.0.0.1. `port` 0 takes a free one. */
export async function listenHttp(
	port: number,
	listener: RequestListener,
): Promise<{ url: string; port: number; server: Server; close: () => Promise<void> }> {
	const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener);
	server.keepAliveTimeout = KEEP_ALIVE_MS;
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen({ port, host: "127.0.0.1", backlog: LISTEN_BACKLOG }, () => {
			server.off("error", reject);
			resolve();
		});
	});
	const bound = (server.address() as AddressInfo).port;
	return {
		url: `http://127.0.0.1:${bound}`,
		port: bound,
		server,
		close: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** Thrown by `readBody` when the request is larger than the service allows. */
export class BodyTooLarge extends Error {
	readonly limitBytes: number;
	constructor(limitBytes: number) {
		super(`the request body is larger than ${limitBytes} bytes`);
		this.limitBytes = limitBytes;
	}
}

/** The whole request body; past the limit the rest is read away and `BodyTooLarge` is thrown. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size <= limitBytes) chunks.push(chunk);
	}
	if (size > limitBytes) throw new BodyTooLarge(limitBytes);
	return Buffer.concat(chunks, size);
}
