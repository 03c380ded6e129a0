import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** What the server does with a request: bytes, then perhaps the end of the connection. */
export interface Answer {
	readonly bytes: Buffer;
	readonly after: "keep" | "end" | "reset";
}

export interface Recorder {
	readonly port: number;
	/** Every request since the last call, byte by byte. */
	taken(): string[];
	answerWith(answer: (request: Buffer) => Answer | Promise<Answer>): void;
	close(): Promise<void>;
}

const HEAD_END = "\r\n\r\n";

/** A server on loopback that keeps requests as they come from the wire and says what it is told to. */
export async function startRecorder(): Promise<Recorder> {
	let requests: string[] = [];
	let answer: (request: Buffer) => Answer | Promise<Answer> = () => ({
		bytes: Buffer.of(),
		after: "keep",
	});
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		let received = Buffer.of();
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
		socket.on("data", async (chunk) => {
			received = Buffer.concat([received, chunk]);
			if (!isComplete(received)) return;
			const request = received;
			received = Buffer.of();
			requests.push(request.toString("latin1"));
			const { bytes, after } = await answer(request);
			socket.write(bytes);
			if (after === "end") socket.end();
			if (after === "reset") socket.resetAndDestroy();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as AddressInfo).port,
		taken() {
			const taken = requests;
			requests = [];
			return taken;
		},
		answerWith(next) {
			answer = next;
		},
		close() {
			for (const socket of sockets) socket.destroy();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}

function isComplete(request: Buffer): boolean {
	const end = request.indexOf(HEAD_END);
	if (end < 0) return false;
	const head = request.subarray(0, end).toString("latin1");
	const body = request.subarray(end + HEAD_END.length);
	if (/^transfer-encoding: *chunked$/im.test(head))
		return body.toString("latin1").endsWith(`0${HEAD_END}`);
	return body.length >= Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
}

/** A whole answer, on a connection that stays. */
export function answered(
	status: number,
	body: string | Buffer,
	headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
): Answer {
	const bytes = Buffer.from(body);
	const lines = { ...headers, "content-length": String(bytes.length) };
	const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
	return {
		bytes: Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Said\r\n${head.join("")}\r\n`), bytes]),
		after: "keep",
	};
}

/** The first half of an answer, and the connection ends. */
export const brokenOff = ({ bytes }: Answer): Answer => ({
	bytes: bytes.subarray(0, bytes.length - Math.ceil((bytes.length - bytes.indexOf(HEAD_END)) / 2)),
	after: "end",
});

export const RESET: Answer = { bytes: Buffer.of(), after: "reset" };
export const SILENCE: Answer = { bytes: Buffer.of(), after: "keep" };
