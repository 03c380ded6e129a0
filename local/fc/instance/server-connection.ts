import { Agent, type IncomingMessage, request } from "node:http";

/**
 * An idle connection is given up before the function's server does so: Node's
 * own servers end it after 5 s, and a request must not meet that.
 */
const IDLE_CONNECTION_MS = 4_000;

export interface ServerRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string | string[]>>;
	readonly body?: Buffer;
	readonly signal: AbortSignal;
}

/** The connections to the server of one instance; they are kept alive. */
export class ServerConnection {
	readonly port: number;
	readonly #agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });

	constructor(port: number) {
		this.port = port;
	}

	/**
	 * Resolves with the beginning of the answer. A request that met a connection
	 * just as the server ended it has not been seen there and is sent again.
	 */
	async send(given: ServerRequest): Promise<IncomingMessage> {
		try {
			return await this.#send(given);
		} catch (error) {
			if (!(error instanceof StaleConnection)) throw error;
			return this.#send(given);
		}
	}

	close(): void {
		this.#agent.destroy();
	}

	#send({ method, path, headers, body, signal }: ServerRequest): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const sent = request({
				agent: this.#agent,
				host: "127.0.0.1",
				port: this.port,
				method,
				path,
				headers,
				signal,
			});
			sent.once("response", resolve);
			sent.on("error", (error: NodeJS.ErrnoException) => {
				const stale = sent.reusedSocket && error.code === "ECONNRESET" && !signal.aborted;
				reject(stale ? new StaleConnection() : error);
			});
			sent.end(body);
		});
	}
}

class StaleConnection extends Error {}

export async function readAll(response: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
	return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
