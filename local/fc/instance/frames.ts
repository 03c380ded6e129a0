/**
 * Frames between the local cloud and an instance (bootstrap.cjs): the length
 * of the header and of the body as 32-bit little-endian numbers, then the
 * header as JSON, then the body as bytes. Bodies are never encoded again.
 */

/** What a function is given besides its event (Function Compute, "Context"). */
export interface InvocationContext {
	readonly requestId: string;
	readonly credentials: {
		readonly accessKeyId: string;
		readonly accessKeySecret: string;
		readonly securityToken: string;
	};
	readonly function: {
		readonly name: string;
		readonly handler: string;
		readonly memory: number;
		readonly timeout: number;
	};
	readonly service: {
		readonly logProject: string;
		readonly logStore: string;
		readonly qualifier: string;
		readonly versionId: string;
	};
	readonly region: string;
	readonly accountId: string;
}

export type ToInstance =
	| {
			readonly t: "start";
			readonly code: string;
			readonly handler: string;
			readonly initializer?: string;
			readonly preStop?: string;
			readonly memoryMb: number;
			/** Folder for compiled code. */
			readonly codeCache: string;
			/** The time at its start, if it follows the local cloud's clock. */
			readonly now?: number;
			/** Then also where its Math.random begins. */
			readonly seed?: number;
			/** By how much its Date is to be wrong, in milliseconds. */
			readonly skewMs: number;
			/** In virtual time, the ports at which it reaches the local cloud. */
			readonly localPorts: readonly number[];
			readonly context: InvocationContext;
	  }
	| { readonly t: "invoke"; readonly now?: number; readonly context: InvocationContext }
	/** The timer `id` is due. */
	| { readonly t: "fire"; readonly id: number; readonly now: number }
	/** Says the time, and asks for the state. */
	| { readonly t: "time"; readonly now: number }
	| { readonly t: "stop"; readonly context: InvocationContext };

export type FromInstance =
	| { readonly t: "ready" }
	| { readonly t: "failed" }
	| {
			readonly t: "result";
			readonly rss: number;
			/** The process has something of its own to do, and must not be frozen yet. */
			readonly working: boolean;
	  }
	| {
			readonly t: "error";
			readonly handled: boolean;
			readonly rss: number;
			readonly working: boolean;
	  }
	| { readonly t: "log"; readonly level: string; readonly id?: string }
	| { readonly t: "memory"; readonly rss: number }
	| { readonly t: "timer"; readonly id: number; readonly ms: number }
	| { readonly t: "clear"; readonly id: number }
	| ({ readonly t: "state" } & InstanceState)
	| { readonly t: "stopped" };

/** What an instance in virtual time waits for. */
export interface InstanceState {
	readonly timers: number;
	/** HTTP requests to the local cloud under way. */
	readonly requests: number;
	/** HTTP requests to anywhere else. */
	readonly outside: number;
	/** Whatever else it waits for that needs no clock: a file, another thread. */
	readonly work: number;
	/** Grows with everything that happens. */
	readonly activity: number;
}

const LENGTHS_BYTES = 8;

export function encodeHeader(header: ToInstance, bodyBytes: number): Buffer {
	const head = Buffer.from(JSON.stringify(header));
	const frame = Buffer.allocUnsafe(LENGTHS_BYTES + head.length);
	frame.writeUInt32LE(head.length, 0);
	frame.writeUInt32LE(bodyBytes, 4);
	head.copy(frame, LENGTHS_BYTES);
	return frame;
}

/** Cuts what arrives into frames. */
export class FrameReader {
	#chunks: Buffer[] = [];
	#bytes = 0;
	readonly #onFrame: (header: FromInstance, body: Buffer) => void;

	constructor(onFrame: (header: FromInstance, body: Buffer) => void) {
		this.#onFrame = onFrame;
	}

	push(chunk: Buffer): void {
		this.#chunks.push(chunk);
		this.#bytes += chunk.length;
		while (this.#bytes >= LENGTHS_BYTES) {
			let first = this.#chunks[0];
			if (!first || first.length < LENGTHS_BYTES) {
				first = Buffer.concat(this.#chunks);
				this.#chunks = [first];
			}
			const headBytes = first.readUInt32LE(0);
			const total = LENGTHS_BYTES + headBytes + first.readUInt32LE(4);
			if (this.#bytes < total) return;
			const all = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#bytes);
			this.#chunks = all.length > total ? [all.subarray(total)] : [];
			this.#bytes -= total;
			const header = all.toString("utf8", LENGTHS_BYTES, LENGTHS_BYTES + headBytes);
			this.#onFrame(
				JSON.parse(header) as FromInstance,
				all.subarray(LENGTHS_BYTES + headBytes, total),
			);
		}
	}
}
