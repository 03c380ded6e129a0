import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";

/** From the start of a process until it can serve. */
export interface Load {
	readonly ms: number;
	/** Processor time of all its threads by then; absent where the system does not say (other than Linux). */
	readonly cpuMs: number | undefined;
}

const READY = "ready";
const POLL_MS = 2;
const GIVE_UP_MS = 20_000;
const NANOSECONDS_PER_MS = 1e6;

/** What a function finds in its environment; nothing is called while it loads. */
const ENVIRONMENT = {
	ALIBABA_CLOUD_ACCESS_KEY_ID: "id",
	ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret",
	FC_ACCOUNT_ID: "1",
	FC_REGION: "cn-shanghai",
	FC_ENDPOINT: "http://127.0.0.1:1",
	IOT_ENDPOINT: "http://127.0.0.1:1",
	TABLESTORE_ENDPOINT: "http://127.0.0.1:1",
	TABLESTORE_INSTANCE: "instance",
	WORKER_FUNCTION: "worker",
	API_KEYS: "key-of-at-least-16-characters",
	LOG_LEVEL: "error",
};

/** A script that says when it is through; what it needs it finds in this project. */
export async function loadScript(code: string, node = [process.execPath]): Promise<Load> {
	const child = start([
		...node,
		"-e",
		`${code};process.stdout.write("${READY}");setInterval(()=>{},1e6)`,
	]);
	const startedAt = performance.now();
	child.stdout?.once("data", () => child.emit(READY));
	return finish(child, startedAt, once(child, READY));
}

/** A bundle: a server by its first answer, a module with a handler as soon as it is loaded. */
export async function loadBundle(file: string, node = [process.execPath]): Promise<Load> {
	if (!isServer(file)) return loadScript(`require(${JSON.stringify(file)})`, node);
	const port = await freePort();
	const startedAt = performance.now();
	const child = start([...node, file], { FC_SERVER_PORT: String(port) });
	return finish(child, startedAt, answered(`http://127.0.0.1:${port}/initialize`));
}

export const isServer = (file: string): boolean =>
	readFileSync(file, "utf8").includes("FC_SERVER_PORT");

function start(
	[command = "", ...args]: string[],
	environment: Record<string, string> = {},
): ChildProcess {
	return spawn(command, args, {
		env: { PATH: process.env["PATH"], ...ENVIRONMENT, ...environment },
		stdio: ["ignore", "pipe", "inherit"],
	});
}

async function finish(
	child: ChildProcess,
	startedAt: number,
	ready: Promise<unknown>,
): Promise<Load> {
	const ended = once(child, "exit").then(([code]) => {
		throw new Error(`the process ended with ${code} before it could serve`);
	});
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise((_, reject) => {
		timer = setTimeout(reject, GIVE_UP_MS, new Error(`not ready within ${GIVE_UP_MS} ms`));
	});
	try {
		await Promise.race([ready, ended, late]);
		return { ms: performance.now() - startedAt, cpuMs: cpuMsOf(child.pid) };
	} finally {
		clearTimeout(timer);
		ended.catch(() => {});
		if (child.kill("SIGKILL")) await once(child, "close");
	}
}

/** proc(5), schedstat: nanoseconds on a processor, thread by thread. */
function cpuMsOf(pid: number | undefined): number | undefined {
	try {
		const threads = readdirSync(`/proc/${pid}/task`);
		const times = threads.map((id) =>
			Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]),
		);
		return times.reduce((sum, each) => sum + each, 0) / NANOSECONDS_PER_MS;
	} catch {
		return undefined;
	}
}

async function answered(url: string): Promise<void> {
	const headers = { "x-fc-request-id": "bench", "x-fc-control-path": "/initialize" };
	for (;;) {
		try {
			const response = await fetch(url, { method: "POST", headers });
			await response.arrayBuffer();
			return;
		} catch {
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	return typeof address === "object" && address ? address.port : 0;
}
