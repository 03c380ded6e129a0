import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractApi } from "../../test/support/api/contract-api.ts";
import { problem } from "../../test/support/api/wire.ts";
import { type ClientOptions, createClient, ThingcastError } from "../src/index.ts";

const DEVICE = { productKey: "a1TEST", deviceName: "light" };
const busy = (headers = {}) => ({ ...problem(429, "too-many-requests", "slow down"), headers });
const away = problem(503, "store-unavailable", "try again");

describe("a request that fails", () => {
	let api: ContractApi;
	let slept: number[];
	beforeEach(async () => {
		api = await ContractApi.start();
		slept = [];
	});
	afterEach(() => api.close());

	const client = (options: Partial<ClientOptions> = {}) =>
		createClient({
			url: api.url,
			key: api.key,
			random: () => 1,
			sleep: async (ms) => void slept.push(ms),
			...options,
		});
	const send = (options: Partial<ClientOptions> = {}) =>
		client(options).commands.send({ device: DEVICE, service: "Set" });
	const keys = () => new Set(api.seen.map(({ headers }) => headers["idempotency-key"]));

	it("is sent again under one key, also where its answer was lost, and is one command", async () => {
		api.fail("broken", "answer-lost", away);
		const command = await send();
		expect(command.state).toBe("accepted");
		expect(api.seen).toHaveLength(4);
		expect(keys().size).toBe(1);
		expect(api.commands.size).toBe(1);
		expect(slept).toEqual([400, 800, 1600]);
	});

	it("has a key of its own for each send", async () => {
		await send();
		await send();
		expect(keys().size).toBe(2);
		expect(api.commands.size).toBe(2);
	});

	it("waits as long as Retry-After says, in seconds or as a date", async () => {
		const now = Date.parse("2026-11-24T07:00:00Z");
		api.fail(
			busy({ "retry-after": "7" }),
			busy({ "retry-after": "Tue, 24 Nov 2026 07:00:09 GMT" }),
		);
		await send({ now: () => now });
		expect(slept).toEqual([7_000, 9_000]);
	});

	it("is given up at once where Retry-After asks for more than a minute", async () => {
		api.fail(busy({ "retry-after": "3600" }));
		await expect(send()).rejects.toMatchObject({ status: 429, code: "too-many-requests" });
		expect(slept).toEqual([]);
	});

	it("is given up after five attempts, with the last problem", async () => {
		api.fail(away, away, away, away, away);
		await expect(send()).rejects.toMatchObject({
			status: 503,
			code: "store-unavailable",
			request: "POST /v1/commands",
			problem: { detail: "try again" },
		});
		expect(api.seen).toHaveLength(5);
	});

	it("is not sent again where twice would be one time too many", async () => {
		const { schedules, jobs, keys: apiKeys, commands } = client();
		for (const act of [
			() => schedules.skip("s1"),
			() => schedules.replace("s1", { when: { every: 60 } } as never, { version: 3 }),
			() => jobs.approve("j1"),
			() => jobs.retry("j1"),
			() => apiKeys.create({ name: "k", scopes: ["admin"] }),
			() => commands.redriveWhere({ state: "failed" }),
		]) {
			const before = api.seen.length;
			api.fail(away);
			await expect(act()).rejects.toMatchObject({ status: 503 });
			api.fail("broken");
			await expect(act()).rejects.toMatchObject({ status: 0, code: "no-answer" });
			expect(api.seen.length - before).toBe(2);
		}
	});

	it("is always sent again where the server has refused to begin", async () => {
		api.answer("POST /v1/jobs/j1/approve", { id: "j1", state: "running" });
		api.fail(busy());
		await expect(client().jobs.approve("j1")).resolves.toMatchObject({ state: "running" });
	});

	it("is done where a DELETE whose answer was lost finds nothing any more", async () => {
		api.fail("broken", problem(404, "not-found", "there is no key k1"));
		await expect(client().keys.delete("k1")).resolves.toBeUndefined();
		await expect(client().keys.delete("k1")).rejects.toMatchObject({ status: 404 });
	});

	it("tells what is wrong, field by field", async () => {
		const errors = [{ pointer: "/device", detail: "is required" }];
		api.fail(problem(400, "invalid-request", "/device: is required", { errors }));
		const error = await send().catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(ThingcastError);
		expect(error).toMatchObject({ code: "invalid-request", problem: { errors } });
	});

	it("tells also of an answer that is none of the API's", async () => {
		const gateway = { status: 404, body: "<html>", headers: { "content-type": "text/html" } };
		api.fail(gateway);
		await expect(send()).rejects.toMatchObject({ status: 404, code: "404" });
	});

	it("ends with the reason of a signal, also while it waits", async () => {
		const stop = new AbortController();
		api.fail(away, away);
		const { commands } = client({
			sleep: async (_, signal) => {
				stop.abort(new Error("enough"));
				signal?.throwIfAborted();
			},
		});
		const sent = commands.send({ device: DEVICE, service: "Set" }, { signal: stop.signal });
		await expect(sent).rejects.toThrow("enough");
		expect(api.seen).toHaveLength(1);
	});

	it("takes a server that does not answer in time for one that is away", async () => {
		const never: typeof fetch = (_, init) =>
			new Promise((_resolve, reject) => {
				init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
			});
		const silent = client({ fetch: never, timeoutMs: 1, attempts: 2 });
		await expect(silent.commands.get("c1")).rejects.toMatchObject({ code: "no-answer" });
		expect(slept).toHaveLength(1);
	});
});
