import { afterEach, describe, expect, it } from "vitest";
import { TABLE_NAMES } from "../../shared/table/schema.ts";
import type { Columns, TableName } from "../../shared/table/table.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const COMMAND = { device: LIGHT, service: "Set" };
const REACTION = {
	when: { source: "property", condition: "previous == 1" },
	do: { service: "Fan" },
	cooldownSeconds: 1,
};
const SCHEDULE = { when: { every: 60 }, command: COMMAND, overlap: "queue" };
const JOB = { targets: { devices: [LIGHT] }, command: { service: "Set" } };

/** Every list, and the name of what it lists. */
const LISTS = {
	commands: "/v1/commands",
	schedules: "/v1/schedules",
	reactions: "/v1/reactions",
	jobs: "/v1/jobs",
	operations: "/v1/operations",
	dead_letters: "/v1/dead-letters",
	devices: "/v1/devices",
	keys: "/v1/keys",
	audit: "/v1/audit",
} as const;
const nameOf = (table: keyof typeof LISTS) => (table === "dead_letters" ? "deadLetters" : table);

/** What may become of a row: half a document, another kind's, one of a newer version, none. */
const DAMAGES: ReadonlyArray<(columns: Columns) => Columns> = [
	(columns) => ({ ...columns, document: "{", body: "{", reply: "{" }),
	(columns) => ({ ...columns, document: "{}", body: "{}", reply: "{}" }),
	(columns) => ({ ...columns, document: '{"id":1,"state":"new"}', body: "null", reply: "[]" }),
	(columns) => ({ ...columns, version: "1", expires_at: "soon" }),
	({ document: _document, body: _body, command_id: _command, ...columns }) => columns,
];

let world: World;

/** One of everything, and what only the functions see. */
async function fill(): Promise<Record<string, string>> {
	world = new World();
	world.platform.script = () => answered();
	const made: Record<string, string> = {};
	const create = async (path: string, body: object) => {
		const answer = await world.request("POST", path, {
			body,
			headers: { "idempotency-key": path },
		});
		expect(answer.status, answer.text).toBeLessThan(300);
		return answer.body.id;
	};
	made["commands"] = await create("/v1/commands", COMMAND);
	made["schedules"] = await create("/v1/schedules", SCHEDULE);
	made["reactions"] = await create("/v1/reactions", REACTION);
	made["jobs"] = await create("/v1/jobs", JOB);
	made["keys"] = await create("/v1/keys", { name: "k", scopes: ["admin"] });
	const filter = { service: "Set" };
	made["operations"] = await create("/v1/commands/redrive", { filter });
	await world.deliver({ id: "noise", body: "noise" });
	const letters = await world.request("GET", "/v1/dead-letters");
	made["dead_letters"] = (letters.body["deadLetters"] as Shown[])[0]?.id ?? "";
	await world.status("online");
	await property("1", 1);
	await property("2", 2);
	await world.reply("nobody's", 200, { topic: "/sys/pk/light/thing/service/Set_reply" });
	await world.clock.advance(130_000);
	return made;
}

const property = (id: string, value: number) =>
	world.deliverFrom("thingcast-events", {
		id: `p${id}`,
		body: JSON.stringify({ iotId: "iot-1", ...LIGHT, items: { t: { value } } }),
	});

async function damage(table: TableName, how: (columns: Columns) => Columns): Promise<number> {
	const rows = world.memory.all(table);
	for (const { key, columns } of rows) {
		await world.memory.put(table, { key, columns: how(columns) }, { row: "any" });
	}
	return rows.length;
}

afterEach(() => {
	expect(world.logged.filter((line) => /^(tick|worker|job):/.test(line))).toEqual([]);
});

describe.each(TABLE_NAMES)("rows of the table %s that are damaged", (table) => {
	it.each(DAMAGES)("fail no list, no other command and no tick (%#)", async (how) => {
		const made = await fill();
		await damage(table, how);
		for (const [of, path] of Object.entries(LISTS)) {
			const page = await world.request("GET", path);
			expect(page.status, `${path}: ${page.text}`).toBe(200);
			const shown = page.body[nameOf(of as keyof typeof LISTS)] as Shown[];
			expect(shown.length, path).toBeGreaterThan(0);
			if (of !== table) continue;
			for (const one of shown) expect(one.error, page.text).toMatchObject({ code: "DamagedRow" });
		}
		for (const path of ["/v1/commands/counts", "/v1/quota", "/v1/devices/pk/light/timeline"]) {
			expect((await world.request("GET", path)).status, path).toBe(200);
		}
		for (const path of pathsTo(made)) {
			const answer = await world.request("GET", path);
			expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(500);
			if (answer.status >= 400)
				expect(answer.body).toMatchObject({ detail: /remove it|there is no/ });
		}
		await stillWorks();
		const paused = await world.request("POST", `/v1/schedules/${made["schedules"]}/pause`);
		expect(paused.status, paused.text).toBe(table === "schedules" ? 409 : 200);
	});
});

/** Everything that has an id, by the ids that were told. */
const pathsTo = (made: Record<string, string>) => [
	...Object.entries(made).map(([table, id]) => `${LISTS[table as keyof typeof LISTS]}/${id}`),
	`/v1/schedules/${made["schedules"]}/preview`,
	`/v1/jobs/${made["jobs"]}/devices`,
	"/v1/devices/pk/light",
];

/** A new command by each way is sent, whatever is damaged. */
async function stillWorks(): Promise<void> {
	const before = world.platform.calls.length;
	const { id } = await world.send({ service: "After" }, { "idempotency-key": "after" });
	const again = await world.request("POST", "/v1/commands", {
		body: COMMAND,
		headers: { "idempotency-key": "/v1/commands" },
	});
	expect(again.status, again.text).toBeLessThan(500);
	expect(await world.deliver({ id: "m", body: JSON.stringify(COMMAND) })).toMatchObject({
		command: 1,
	});
	expect(await world.status("online")).toMatchObject({ status: 1 });
	expect(await property("3", 1)).toMatchObject({ telemetry: 1 });
	await world.request("POST", "/v1/reactions", { body: REACTION });
	await world.clock.advance(5_000);
	for (const id of ["4", "5"]) await property(id, 1);
	await world.clock.advance(130_000);
	expect((await world.get(id)).state).toBe("succeeded");
	const services = world.platform.calls.slice(before).map(({ service }) => service);
	expect(services).toContain("Fan");
	expect(services.filter((service) => service === "Set").length).toBeGreaterThan(0);
}

describe("a damaged document", () => {
	it.each(["schedules", "reactions", "keys"] as const)(
		"of %s is removed by DELETE",
		async (table) => {
			const made = await fill();
			await damage(table, () => ({ version: 1n, document: "{" }));
			const path = `${LISTS[table]}/${made[table]}`;
			const found = await world.request("GET", path);
			expect(found.status).toBe(409);
			expect(found.body).toMatchObject({ type: "urn:thingcast:problem:damaged-document" });
			expect((await world.request("DELETE", path, { headers: { "if-match": '"1"' } })).status).toBe(
				409,
			);
			expect((await world.request("DELETE", path)).status).toBe(204);
			expect((await world.request("GET", path)).status).toBe(404);
		},
	);

	it("does not end a list before its end", async () => {
		world = new World();
		for (let n = 0; n < 6; n++) await world.request("POST", "/v1/schedules", { body: SCHEDULE });
		await damage("schedules", (columns) => ({ ...columns, document: "{" }));
		for (let n = 0; n < 3; n++) await world.request("POST", "/v1/schedules", { body: SCHEDULE });
		const ids: string[] = [];
		for (let path = "/v1/schedules?limit=2"; path !== ""; ) {
			const { body } = await world.request("GET", path);
			ids.push(...(body["schedules"] as Shown[]).map(({ id }) => id));
			path = body["cursor"] ? `/v1/schedules?limit=2&cursor=${body["cursor"]}` : "";
		}
		expect(new Set(ids).size).toBe(9);
	});

	it("is one, too, whose time is no time", async () => {
		const made = await fill();
		const document = world.memory.all("audit")[0]?.columns["document"];
		const wrong = JSON.stringify({ ...JSON.parse(String(document)), at: 1e30 });
		await damage("audit", (columns) => ({ ...columns, document: wrong }));
		const page = await world.request("GET", "/v1/audit");
		expect((page.body["audit"] as Shown[])[0]?.error?.message).toContain("cannot be shown");
		const letter = world.memory.all("dead_letters")[0]?.columns["document"];
		const late = JSON.stringify({ ...JSON.parse(String(letter)), at: 1e30 });
		await damage("dead_letters", (columns) => ({ ...columns, document: late }));
		const path = `/v1/dead-letters/${made["dead_letters"]}`;
		expect((await world.request("GET", path)).status).toBe(409);
	});
});
