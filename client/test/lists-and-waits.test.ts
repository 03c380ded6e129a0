import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractApi, commandOf } from "../../test/support/api/contract-api.ts";
import { type Client, createClient } from "../src/index.ts";

const DEVICE = { productKey: "a1TEST", deviceName: "light" };

describe("the client", () => {
	let api: ContractApi;
	let client: Client;
	let now: number;
	beforeEach(async () => {
		api = await ContractApi.start();
		now = 0;
		client = createClient({
			url: `${api.url}/`,
			key: api.key,
			now: () => now,
			sleep: async (ms) => {
				now += ms;
			},
		});
	});
	afterEach(() => api.close());

	const store = (count: number) => {
		for (let index = 1; index <= count; index++) api.change(commandOf(`c${index}`));
	};
	const ids = async (items: AsyncIterable<{ id: string }>) => {
		const found: string[] = [];
		for await (const { id } of items) found.push(id);
		return found;
	};

	it.each(["cursor", "link"] as const)("follows a list's %s to its end", async (nextPage) => {
		api.nextPage = nextPage;
		store(5);
		expect(await ids(client.commands.list())).toEqual(["c5", "c4", "c3", "c2", "c1"]);
		expect(api.seen).toHaveLength(3);
	});

	it("asks for no page more than it is read", async () => {
		store(5);
		for await (const command of client.commands.list()) if (command.id === "c4") break;
		expect(api.seen).toHaveLength(1);
	});

	it("asks for several states as one parameter, and leaves out what is not given", async () => {
		await ids(client.commands.list({ state: ["failed", "unknown"], limit: 2 }));
		expect(api.seen[0]?.query).toEqual({ state: "failed,unknown", limit: "2" });
	});

	it("sends JSON text as it is, with every digit", async () => {
		const text = `{"device":${JSON.stringify(DEVICE)},"service":"Set","args":{"big":9007199254740993,"t":10.0}}`;
		await client.commands.send(text);
		expect(api.seen[0]?.text).toBe(text);
	});

	it("waits for the outcome beyond what one request may wait", async () => {
		api.answer(
			"GET /v1/commands/c1",
			commandOf("c1", { state: "sent" }),
			commandOf("c1", { state: "succeeded", terminal: true }),
		);
		const command = await client.commands.send({ device: DEVICE, service: "Set" }, { wait: 90 });
		expect(command.state).toBe("succeeded");
		expect(api.seen[0]?.headers["prefer"]).toBe("wait=30");
		expect(api.seen).toHaveLength(3);
	});

	it("gives a command as it is when the wait is over", async () => {
		store(1);
		const command = await client.commands.wait("c1", { seconds: 5 });
		expect(command.state).toBe("accepted");
		expect(now).toBeCloseTo(5_000, -1);
	});

	it("cancels all that match: first only counted, then done", async () => {
		api.answer("POST /v1/commands/cancel", { matched: 3 }, { id: "o1", state: "running" });
		const filter = { productKey: "a1TEST", state: ["waiting"] as const };
		expect(await client.commands.cancelWhere(filter, { dryRun: true })).toEqual({ matched: 3 });
		const { id } = await client.commands.cancelWhere(filter);
		const states = ["running", "running", "completed"].map((state, done) => ({ id, state, done }));
		api.answer("GET /v1/operations/o1", ...states);
		const progress: number[] = [];
		const end = await client.operations.wait(id, { onProgress: ({ done }) => progress.push(done) });
		expect(end.state).toBe("completed");
		expect(progress).toEqual([0, 1, 2]);
		expect(api.seen.slice(0, 2).map(({ body }) => body)).toEqual([
			{ filter: { productKey: "a1TEST", state: "waiting" }, dryRun: true },
			{ filter: { productKey: "a1TEST", state: "waiting" } },
		]);
	});

	it("names devices and versions in path and header", async () => {
		api.answer("GET /v1/devices/a1/li ght/timeline", { timeline: [], cursor: null });
		await ids(client.devices.timeline({ productKey: "a1", deviceName: "li ght" }) as never);
		api.answer("PUT /v1/schedules/s1", {});
		await client.schedules.replace("s1", "{}", { version: 3 });
		expect(api.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
			"GET /v1/devices/a1/li ght/timeline",
			"PUT /v1/schedules/s1",
		]);
		expect(api.seen[1]?.headers["if-match"]).toBe('"3"');
	});
});
