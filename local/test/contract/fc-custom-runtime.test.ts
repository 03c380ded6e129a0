import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import {
	account,
	eventually,
	killInstance,
	type Running,
	startFixture,
	virtualClock,
} from "../support/fc/start.ts";

let running: Running | undefined;

afterEach(async () => {
	await running?.close();
	running = undefined;
});

async function start(options: Parameters<typeof startFixture>[0] = {}): Promise<Running> {
	running = await startFixture({ only: ["server"], ...options });
	return running;
}

async function invoke(
	at: Running,
	action: string,
	more: object = {},
): Promise<Record<string, unknown>> {
	const event = JSON.stringify({ action, ...more });
	const { data } = await at.client.invokeFunction("s", "server", event);
	return (typeof data === "string" ? JSON.parse(data) : data) as Record<string, unknown>;
}

function lines(path: string): string[] {
	return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

const notes = (at: Running) => lines(join(at.dir, "notes"));

describe("a custom runtime", () => {
	it("is started with its command in the code folder, checked and initialized once", async () => {
		const at = await start();
		const seen = await invoke(at, "seen");
		await invoke(at, "seen");
		expect(seen).toMatchObject({
			cwd: expect.stringMatching(/functions\/server$/),
			initialized: 1,
		});
		expect(seen["env"]).toMatchObject({
			FC_SERVER_PORT: expect.stringMatching(/^\d+$/),
			FC_RUNTIME: "custom.debian10",
			FC_FUNCTION_NAME: "server",
		});
		expect(notes(at)).toEqual(["health", "initialize /initialize"]);
	});

	it("is given the context of each request in headers", async () => {
		const at = await start();
		const { headers } = await invoke(at, "seen");
		expect(headers).toMatchObject({
			"x-fc-request-id": expect.stringMatching(/^1-[\da-f-]+$/),
			"x-fc-access-key-id": expect.stringMatching(/^STS\./),
			"x-fc-access-key-secret": expect.any(String),
			"x-fc-security-token": expect.any(String),
			"x-fc-function-name": "server",
			"x-fc-function-memory": "128",
			"x-fc-function-timeout": "5",
			"x-fc-region": account.region,
			"x-fc-account-id": account.accountId,
			"x-fc-qualifier": "LATEST",
			"x-fc-version-id": "",
			"x-fc-control-path": "/invoke",
			"content-type": "application/octet-stream",
		});
	});

	it("says by its status that an invocation failed", async () => {
		const at = await start();
		const answer = await at.client.invokeFunction("s", "server", '{"action":"fail"}');
		expect(answer.headers["x-fc-error-type"]).toBe("UnhandledInvocationError");
		expect(answer.data).toEqual({ errorMessage: "out of luck", errorType: "RangeError" });
	});

	it("takes instanceConcurrency invocations; another instance starts when all are full", async () => {
		const at = await start();
		const began = join(at.dir, "began");
		const until = join(at.dir, "go");
		const calls = [invoke(at, "hold", { began, until })];
		for (let count = 1; count <= 3; count++) {
			await eventually(() => lines(began).length === count);
			expect(at.fc.instances()).toHaveLength(1);
			calls.push(invoke(at, "hold", { began, until }));
		}
		await eventually(() => lines(began).length === 4);
		expect(at.fc.instances()).toHaveLength(2);
		writeFileSync(until, "");
		const answers = await Promise.all(calls);
		const [first, ...others] = answers.map(({ instance }) => instance);
		expect(others.filter((instance) => instance === first)).toHaveLength(2);
	});

	it("is refused with 429 when as many instances as reserved are full", async () => {
		const at = await start();
		const began = join(at.dir, "began");
		const until = join(at.dir, "go");
		const calls = Array.from({ length: 6 }, () => invoke(at, "hold", { began, until }));
		await eventually(() => lines(began).length === 6);
		await expect(invoke(at, "echo")).rejects.toMatchObject({ name: "FCResourceExhaustedError" });
		writeFileSync(until, "");
		expect(new Set((await Promise.all(calls)).map(({ instance }) => instance)).size).toBe(2);
	});

	it("loses the instance in which an invocation took too long, and its others may end", async () => {
		const { clock, follow } = virtualClock();
		const at = await start({ clock });
		const began = join(at.dir, "began");
		const until = join(at.dir, "go");
		const late = invoke(at, "hold", { began, until: join(at.dir, "never") });
		await eventually(() => lines(began).length === 1);
		await clock.advance(2_000);
		const other = invoke(at, "hold", { began, until });
		await eventually(() => lines(began).length === 2);
		await clock.advance(3_000);
		expect(await late).toEqual({
			errorMessage: expect.stringMatching(/^Function timed out after 5 seconds/),
		});
		const next = await invoke(at, "seen");
		writeFileSync(until, "");
		expect((await other)["instance"]).not.toBe(next["instance"]);
		follow(at.fc);
		await eventually(() => at.fc.instances().length === 1);
	});

	it("is told of its end, and only then ended", async () => {
		const at = await start();
		await invoke(at, "echo");
		await at.fc.close();
		expect(notes(at).at(-1)).toBe("pre-stop /pre-stop");
	});

	it("gives its lines to the requests that they name, others to all that are under way", async () => {
		const at = await start();
		const answer = await at.client.invokeFunction("s", "server", '{"action":"log"}', {
			"x-fc-log-type": "Tail",
		});
		const tail = Buffer.from(answer.headers["x-fc-log-result"] ?? "", "base64").toString();
		expect(tail).toMatch(/named\n.*of nobody\n$/);
	});
});

describe("an HTTP trigger of a custom runtime", () => {
	const url = (at: Running) => at.fc.httpUrls["server"] ?? "";

	it("passes on the caller's own method, path, query, headers and body, and the answer", async () => {
		const at = await start();
		const answer = await fetch(`${url(at)}/a%20b/c?x=1&x=2`, {
			method: "POST",
			body: "text",
			headers: { "x-mine": "yes", "x-fc-account-id": "of somebody else" },
		});
		expect(answer.status).toBe(201);
		expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
		expect(answer.headers.get("x-fc-of-function")).toBeNull();
		const seen = (await answer.json()) as Record<string, unknown>;
		expect(seen).toMatchObject({
			method: "POST",
			url: "/a%20b/c?x=1&x=2",
			body: Buffer.from("text").toString("base64"),
			headers: {
				host: url(at).replace("http://", ""),
				"x-mine": "yes",
				"x-fc-account-id": account.accountId,
				"x-fc-control-path": "/http-invoke",
				"x-fc-request-id": answer.headers.get("x-fc-request-id"),
			},
		});
	});

	it("streams the answer as it comes", async () => {
		const at = await start();
		const until = join(at.dir, "go");
		const answer = await fetch(`${url(at)}/events?until=${until}`);
		expect(answer.headers.get("content-type")).toBe("text/event-stream");
		const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
		expect((await reader?.read())?.value).toBe("data: first\n\n");
		writeFileSync(until, "");
		expect((await reader?.read())?.value).toBe("data: second\n\n");
		expect((await reader?.read())?.done).toBe(true);
	});

	it("ends the function's request when the caller leaves", async () => {
		const at = await start();
		const controller = new AbortController();
		const { signal } = controller;
		const answer = await fetch(`${url(at)}/events?until=${join(at.dir, "never")}`, { signal });
		await answer.body?.getReader().read();
		controller.abort();
		// With nothing to do the instance is frozen, perhaps before it saw that: the next request lets it.
		await eventually(async () => {
			await fetch(url(at));
			return notes(at).includes("left");
		});
	});

	it("answers 502 when the server breaks the connection, or takes too long", async () => {
		const { clock } = virtualClock();
		const at = await start({ clock });
		const broken = await fetch(`${url(at)}/break`);
		expect([broken.status, broken.headers.get("x-fc-error-type")]).toEqual([
			502,
			"UnhandledInvocationError",
		]);
		const late = fetch(`${url(at)}/hang`);
		await eventually(() => notes(at).includes("hangs"));
		await clock.advance(5_000);
		expect((await late).status).toBe(502);
	});
});

describe("a custom runtime in virtual time", () => {
	async function startVirtual() {
		const { clock, follow } = virtualClock();
		const at = await start({ clock, fc: { virtualTime: true } });
		follow(at.fc);
		return { at, clock, startedAt: clock.now() };
	}

	it("waits with many invocations at once, and each ends at its own time", async () => {
		const { at, clock, startedAt } = await startVirtual();
		const first = invoke(at, "sleep", { ms: 3_000 });
		await clock.advance(1_000);
		const others = [500, 1_500].map((ms) => invoke(at, "sleep", { ms }));
		const answers = await clock.run(Promise.all([first, ...others]));
		expect(
			answers.map(({ began, ended }) => [began, ended].map((at) => Number(at) - startedAt)),
		).toEqual([
			[0, 3_000],
			[1_000, 1_500],
			[1_000, 2_500],
		]);
		expect(new Set(answers.map(({ instance }) => instance)).size).toBe(1);
	});

	it("is given the time that it really needs, while others wait for the clock", async () => {
		const { at, clock, startedAt } = await startVirtual();
		const slow = createServer((_, response) => {
			void systemClock.sleep(60).then(() => response.end());
		});
		await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
		const { port } = slow.address() as AddressInfo;
		const waiting = invoke(at, "sleep", { ms: 4_000 });
		const asking = invoke(at, "ask", { url: `http://127.0.0.1:${port}/`, ms: 1_000 });
		const [, asked] = await clock.run(Promise.all([waiting, asking]));
		slow.close();
		expect(asked).toEqual({ status: 200, now: startedAt + 1_000 });
	});

	it("keeps a stream open while time moves on", async () => {
		const { at, clock } = await startVirtual();
		const answer = await fetch(`${at.fc.httpUrls["server"]}/clock?count=3`);
		const text = answer.text();
		await clock.advance(3_000);
		expect(await text).toBe("0\n1000\n2000\n");
	});

	it("loses an instance to kill -9, and nothing else", async () => {
		const { at, clock } = await startVirtual();
		const calls = [1, 2].map((count) => invoke(at, "sleep", { ms: count * 1_000 }));
		await clock.advance(1);
		await eventually(() => at.fc.usage("server").invocations === 2);
		killInstance(at.fc);
		for (const answer of await Promise.all(calls)) {
			expect(answer).toEqual({
				errorMessage: expect.stringMatching(/^Process exited unexpectedly/),
			});
		}
		expect(await clock.run(invoke(at, "sleep", { ms: 10 }))).toHaveProperty("instance");
	});
});
