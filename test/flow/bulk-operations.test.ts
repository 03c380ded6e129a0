import { describe, expect, it } from "vitest";
import { idFrom } from "../../shared/ids.ts";
import type { Table } from "../../shared/table/table.ts";
import { LaggingIndexes } from "../support/table/lagging-indexes.ts";
import { answered, refused } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const OTHER = { productKey: "pk", deviceName: "lamp" };
const OFFLINE = refused("iot.messagebroker.offline");
const MINUTE_MS = 60_000;

/** Commands that wait for their device. */
async function waiting(world: World, count: number, more: object = {}): Promise<string[]> {
	world.platform.script = () => OFFLINE;
	const ids: string[] = [];
	for (let n = 0; n < count; n++) ids.push((await world.send({ whenOffline: "wait", ...more })).id);
	await world.clock.advance(2_000);
	return ids;
}

const bulk = (world: World, kind: "cancel" | "redrive", body: object, headers = {}) =>
	world.request("POST", `/v1/commands/${kind}`, { body, headers });

async function completed(world: World, { id }: Shown): Promise<Shown> {
	for (let minute = 0; minute < 10; minute++) {
		const { body } = await world.request("GET", `/v1/operations/${id}`);
		if (body.state === "completed") return body;
		await world.clock.advance(MINUTE_MS / 2);
	}
	throw new Error("it does not end");
}

async function statesOf(world: World, ids: readonly string[]): Promise<string[]> {
	const found = await Promise.all(ids.map((id) => world.stores.commands.get(id)));
	return [...new Set(found.map((stored) => stored?.document.state ?? "gone"))];
}

describe("POST /v1/commands/cancel", () => {
	it("counts with dryRun, then cancels exactly what matches", async () => {
		const world = new World();
		const ids = await waiting(world, 60);
		const others = await waiting(world, 5, { device: OTHER });
		const filter = { ...LIGHT, state: "accepted,waiting" };
		const dry = await bulk(world, "cancel", { filter, dryRun: true });
		expect([dry.status, dry.body]).toEqual([200, { matched: 60 }]);
		expect(await statesOf(world, ids)).toEqual(["waiting"]);

		const answer = await bulk(world, "cancel", { filter });
		expect(answer.status).toBe(202);
		expect(answer.headers["location"]).toBe(`/v1/operations/${answer.body.id}`);
		expect(await completed(world, answer.body)).toMatchObject({
			kind: "cancel",
			filter: { ...LIGHT, state: ["accepted", "waiting"] },
			state: "completed",
			matched: 60,
			done: 60,
			skipped: 0,
			failed: 0,
		});
		expect(await statesOf(world, ids)).toEqual(["canceled"]);
		expect(await statesOf(world, others)).toEqual(["waiting"]);
		const list = await world.request("GET", "/v1/operations");
		expect(list.body["operations"]).toHaveLength(1);
	});

	it("without a state means what can be canceled; with one it skips what cannot", async () => {
		const world = new World();
		world.platform.script = () => answered();
		await world.send({});
		await world.clock.advance(1_000);
		const ids = await waiting(world, 3);
		const all = await bulk(world, "cancel", { filter: {}, dryRun: true });
		expect(all.body).toEqual({ matched: 3 });
		const { body } = await bulk(world, "cancel", { filter: { state: ["waiting", "succeeded"] } });
		expect(await completed(world, body)).toMatchObject({ matched: 4, done: 3, skipped: 1 });
		expect(await statesOf(world, ids)).toEqual(["canceled"]);
	});

	it("takes the same filters as the list, and refuses what it does not know", async () => {
		const world = new World();
		await waiting(world, 2, { service: "Get" });
		await waiting(world, 2);
		const { body } = await bulk(world, "cancel", {
			filter: { service: "Get", since: "1h", source: "http", productKey: "pk" },
		});
		expect(await completed(world, body)).toMatchObject({ matched: 2, done: 2 });
		for (const wrong of [
			{},
			{ filter: { sate: "waiting" } },
			{ filter: { state: "waiting,gone" } },
			{ filter: { state: [] } },
			{ filter: { deviceName: "light" } },
			{ filter: {}, dryrun: true },
			[],
		]) {
			const answer = await bulk(world, "cancel", wrong);
			expect([answer.status, JSON.stringify(wrong)]).toEqual([400, JSON.stringify(wrong)]);
		}
	});

	it("finds what was accepted just before it, where the index lags behind", async () => {
		const world = new World({
			table: (table, clock) => new LaggingIndexes(table, clock, () => 800),
		});
		world.invocationsWork = false;
		const ids: string[] = [];
		for (let n = 0; n < 30; n++) ids.push((await world.send({})).id);
		const { body } = await bulk(world, "cancel", { filter: { service: "Set" } });
		const later = await world.send({});
		expect(await completed(world, body)).toMatchObject({ matched: 30, done: 30 });
		expect(await statesOf(world, ids)).toEqual(["canceled"]);
		expect((await world.get(later.id)).state).not.toBe("canceled");
	});

	it("counts each command once, also one that was being sent at first", async () => {
		const world = new World();
		world.platform.script = async () => {
			await world.clock.sleep(300);
			return OFFLINE;
		};
		await world.send({ whenOffline: "wait" });
		await world.clock.advance(100);
		const filter = { state: "waiting,sending" };
		const { body } = await bulk(world, "cancel", { filter });
		expect(await completed(world, body)).toMatchObject({ matched: 1, done: 1, skipped: 0 });
	});

	it("with a key that is limited to products stays within them", async () => {
		const world = new World();
		await waiting(world, 2);
		await waiting(world, 3, { device: { productKey: "theirs", deviceName: "light" } });
		const limited = async (products: readonly string[]) => {
			const scopes = ["commands:read", "commands:write"];
			const body = { name: products.join(), scopes, products };
			return String((await world.request("POST", "/v1/keys", { body })).body["key"]);
		};
		const key = await limited(["theirs"]);
		const ask = (body: object) => world.request("POST", "/v1/commands/cancel", { body, key });
		expect((await ask({ filter: {}, dryRun: true })).body).toEqual({ matched: 3 });
		const { body } = await ask({ filter: {} });
		expect(await completed(world, body)).toMatchObject({ matched: 3, done: 3, by: "theirs" });
		const elsewhere = { key: await limited(["others"]) };
		expect((await world.request("GET", `/v1/operations/${body.id}`, elsewhere)).status).toBe(404);
	});

	it("is done once for one idempotency key", async () => {
		const world = new World();
		await waiting(world, 3);
		const asked = { filter: { state: "waiting" } };
		const first = await bulk(world, "cancel", asked, { "idempotency-key": "k" });
		const second = await bulk(world, "cancel", asked, { "idempotency-key": "k" });
		expect(second.body.id).toBe(first.body.id);
		expect(second.headers["idempotent-replayed"]).toBe("true");
		const other = await bulk(world, "cancel", { filter: {} }, { "idempotency-key": "k" });
		expect(other.status).toBe(409);
	});
});

describe("POST /v1/commands/redrive", () => {
	it("sends again what failed, as new commands that name the old ones", async () => {
		const world = new World();
		world.platform.script = () => refused("iot.device.InactiveDevice");
		const old: string[] = [];
		for (let n = 0; n < 7; n++) old.push((await world.send({ args: { n } })).id);
		await world.clock.advance(2_000);
		world.platform.script = () => answered();
		await world.send({});
		await world.clock.advance(2_000);
		const filter = { code: "iot.device.InactiveDevice" };
		expect((await bulk(world, "redrive", { filter, dryRun: true })).body).toEqual({ matched: 7 });
		const { body } = await bulk(world, "redrive", { filter });
		expect(await completed(world, body)).toMatchObject({ kind: "redrive", matched: 7, done: 7 });
		await world.clock.advance(2_000);
		const again = await world.request("GET", "/v1/commands?source=redrive&limit=100");
		const made = again.body["commands"] as readonly Shown[];
		expect(made.map(({ source }) => source.ref).sort()).toEqual(old.sort());
		expect(new Set(made.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
	});
});

describe("an instance that dies in the middle of an operation", () => {
	/** A table that fails for good from the n-th write of a command on, as for a process that has been killed. */
	function dying(world: { dead: boolean; writesLeft: number }) {
		return (table: Table): Table => ({
			get: (...args) => (world.dead ? never() : table.get(...args)),
			range: (...args) => (world.dead ? never() : table.range(...args)),
			remove: (...args) => table.remove(...args),
			put: async (name, ...args) => {
				if (world.dead) return never();
				const done = await table.put(name, ...args);
				if (name === "commands" || name === "operations") world.writesLeft--;
				if (world.writesLeft === 0) world.dead = true;
				return done;
			},
		});
	}
	const never = () => Promise.reject(new Error("killed"));

	it.each(["cancel", "redrive"] as const)(
		"%s: counts are exact, and nothing is done twice, whichever write was its last",
		async (kind) => {
			for (let lastWrite = 1; lastWrite <= 16; lastWrite++) {
				const death = { dead: false, writesLeft: Number.POSITIVE_INFINITY };
				const world = new World({ table: dying(death) });
				let ids: string[];
				if (kind === "cancel") ids = await waiting(world, 10);
				else {
					world.platform.script = () => refused("iot.device.InactiveDevice");
					ids = [];
					for (let n = 0; n < 10; n++) ids.push((await world.send({})).id);
					await world.clock.advance(2_000);
					world.platform.script = () => answered();
				}
				world.ticking = false;
				death.writesLeft = lastWrite;
				await bulk(world, kind, { filter: {} });
				expect(death.dead || lastWrite > 12).toBe(true);
				death.writesLeft = Number.POSITIVE_INFINITY;
				death.dead = false;
				world.ticking = true;
				await world.clock.advance(2 * MINUTE_MS);
				const { body } = await world.request("GET", "/v1/operations");
				const [operation] = body["operations"] as readonly Shown[];
				expect([lastWrite, operation]).toMatchObject([
					lastWrite,
					{ state: "completed", matched: 10, done: 10, skipped: 0, failed: 0 },
				]);
				if (kind === "cancel") expect(await statesOf(world, ids)).toEqual(["canceled"]);
				const again = await world.request("GET", "/v1/commands?source=redrive&limit=100");
				const made = again.body["commands"] as readonly Shown[];
				expect(made).toHaveLength(kind === "redrive" ? 10 : 0);
				expect(new Set(made.map(({ source }) => source.ref)).size).toBe(made.length);
			}
		},
	);
});

describe("a large operation", () => {
	it("goes on in the worker, and is completed without a tick", async () => {
		const world = new World();
		world.ticking = false;
		world.invocationsWork = false;
		const { id } = await world.send({ expiresIn: 86_400 });
		world.invocationsWork = true;
		const stored = await world.stores.commands.get(id);
		if (!stored) throw new Error("it is not stored");
		for (let n = 1; n < 3_000; n++) {
			await world.stores.commands.create({ ...stored.document, id: idFrom(n) });
		}
		const { body } = await bulk(world, "cancel", { filter: { state: "accepted" } });
		await world.clock.advance(5_000);
		expect((await world.request("GET", `/v1/operations/${body.id}`)).body).toMatchObject({
			state: "completed",
			matched: 3_000,
			done: 3_000,
		});
	});
});
