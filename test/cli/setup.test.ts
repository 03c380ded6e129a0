import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Account } from "../../local/account.ts";
import { startMns } from "../../local/mns/index.ts";
import { startTablestore } from "../../local/tablestore/index.ts";
import { systemClock } from "../../shared/clock.ts";
import { TABLE_NAMES } from "../../shared/table/schema.ts";
import { ContractApi } from "../support/api/contract-api.ts";
import { AccountApis } from "../support/cli/account-apis.ts";
import { Person } from "../support/cli/typed.ts";

const KEYS = { accessKeyId: "LTAIsetup", accessKeySecret: "secret-of-setup" };
const QUEUES = [
	"thingcast-commands",
	"thingcast-commands-dead-letters",
	"thingcast-events-dead-letters",
	"thingcast-failures",
];
const ROLES = ["thingcast-http", "thingcast-timer", "thingcast-queue", "thingcast-worker"];
const PARTS = ["table", "queue", "role", "device messages", "keys of the API"];

describe("setup and doctor, in an account that has nothing yet", () => {
	let folder: string;
	let tablestore: Awaited<ReturnType<typeof startTablestore>>;
	let mns: Awaited<ReturnType<typeof startMns>>;
	let apis: AccountApis;
	let api: ContractApi;
	let person: Person;
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "thingcast-setup-"));
		apis = await AccountApis.start();
		const account = new Account(apis.accountId, "cn-shanghai", KEYS);
		const dataDir = join(folder, "data");
		mkdirSync(dataDir);
		const context = { dataDir, port: 0, clock: systemClock, random: Math.random, account };
		const log = () => {};
		tablestore = await startTablestore({ ...context, log }, { instance: "fresh" });
		mns = await startMns({ ...context, log });
		api = await ContractApi.start();
		api.answer("GET /healthz", { status: "ok" });
		api.answer("GET /v1/quota", {});
		person = new Person();
		person.env = {
			THINGCAST_URL: api.url,
			THINGCAST_KEY: api.key,
			THINGCAST_FOLDER: folder,
			TABLESTORE_ENDPOINT: tablestore.url,
			TABLESTORE_INSTANCE: "fresh",
			MNS_ENDPOINT: mns.url,
			RAM_ENDPOINT: apis.url,
			STS_ENDPOINT: apis.url,
			IOT_ENDPOINT: apis.url,
			ALIBABA_CLOUD_ACCESS_KEY_ID: KEYS.accessKeyId,
			ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEYS.accessKeySecret,
		};
	});
	afterEach(async () => {
		person.leaves();
		for (const service of [api, mns, tablestore, apis]) await service.close();
		rmSync(folder, { recursive: true, force: true });
	});

	const PRODUCT = ["--product", "a1B2c3"];
	const all = [
		...TABLE_NAMES.map((name) => ({ part: "table", name })),
		...QUEUES.map((name) => ({ part: "queue", name })),
		...ROLES.map((name) => ({ part: "role", name })),
		{ part: "device messages", name: "a1B2c3" },
		{ part: "keys of the API", name: "API_KEYS in .env" },
	];
	const checks = async () => (await person.types("doctor", ...PRODUCT, "--json")).json;
	const setup = (...more: string[]) => person.types("setup", ...PRODUCT, "--json", ...more);

	it("doctor says what is missing and writes nothing, setup plans, asks, and creates it", async () => {
		for (let twice = 0; twice < 2; twice++) {
			const found = await checks();
			for (const part of PARTS) {
				expect(found).toContainEqual(expect.objectContaining({ check: part, state: "wrong" }));
			}
			expect(found.at(-1)).toEqual({ ok: false, wrong: PARTS.length });
		}
		const plan = all.map((one) => ({ ...one, plan: "create" }));
		const planned = await setup();
		expect(planned.json).toEqual(plan);
		expect(planned.err).toContain("nothing was done");
		person.answer = "n";
		expect((await setup()).json).toEqual(plan);
		expect(apis.changes).toEqual([]);
		person.answer = undefined;
		const done = await setup("--yes");
		expect(done.code).toBe(0);
		expect(done.json.slice(all.length)).toEqual(all.map((one) => ({ ...one, did: "created" })));
		const found = await checks();
		expect(found.at(-1)).toEqual({ ok: true, wrong: 0 });
		const changes = [...apis.changes];
		const again = await setup("--yes");
		expect(again.json).toEqual(all.map((one) => ({ ...one, plan: "keep" })));
		expect(again.err).toContain("nothing to do");
		expect(apis.changes).toEqual(changes);
	});

	it("keeps the first key of the API in .env, for its owner alone, and shows it nowhere", async () => {
		const { out, err } = await setup("--yes");
		const file = join(folder, ".env");
		const [, key = ""] = /^API_KEYS=([0-9a-f]{48})$/m.exec(readFileSync(file, "utf8")) ?? [];
		expect(key).toHaveLength(48);
		expect(statSync(file).mode & 0o077).toBe(0);
		expect(`${out}${err}`).not.toContain(key);
		await setup("--yes");
		expect(readFileSync(file, "utf8").match(/API_KEYS=/g)).toHaveLength(1);
	});

	it("gives a role what its document says again, after somebody has changed it", async () => {
		await setup("--yes");
		const [role = ""] = ROLES;
		const policy = apis.policyOf(role);
		// RAM, CreatePolicyVersion: 6,144 bytes at most.
		expect(Buffer.byteLength(policy ?? "")).toBeLessThan(6_144);
		expect(policy).toContain(`:${apis.accountId}:instance/fresh/table/commands`);
		apis.tamper(role);
		const [wrong] = (await checks()).filter(({ state }) => state === "wrong");
		expect(wrong).toMatchObject({
			check: "role",
			detail: `missing or outdated: ${role} (differs: its policy)`,
		});
		expect((await setup("--yes")).json).toContainEqual({
			part: "role",
			name: role,
			did: "updated",
		});
		expect(apis.policyOf(role)).toBe(policy);
	});

	it("goes on where a service does not answer, and says what to do in the console instead", async () => {
		const nobody = "http://127.0.0.1:1";
		person.env = { ...person.env, RAM_ENDPOINT: nobody, TABLESTORE_INSTANCE: "fresh" };
		const { json, code } = await setup("--yes");
		expect(code).toBe(1);
		expect(json).toContainEqual(expect.objectContaining({ part: "role", plan: "unknown" }));
		expect(json).toContainEqual({ part: "queue", name: QUEUES[0], did: "created" });
	});

	it("doctor tells a key that is wrong, and settings that do not fit together", async () => {
		person.env = {
			...person.env,
			THINGCAST_KEY: "wrong",
			API_KEYS: "short",
			TABLESTORE_ENDPOINT: "https://thingcast.cn-beijing.ots.aliyuncs.com",
			IOT_ENDPOINT: "",
			ALIBABA_CLOUD_ACCESS_KEY_ID: "",
		};
		const found = await checks();
		const wrong = found.filter(({ state }) => state === "wrong").map(({ detail }) => detail);
		expect(wrong).toEqual([
			"this key is not known",
			"API_KEYS holds a key of less than 16 characters",
			"TABLESTORE_ENDPOINT is https://thingcast.cn-beijing.ots.aliyuncs.com, FC_REGION cn-shanghai",
		]);
		expect(found.slice(0, -1).every(({ state, advice }) => state === "ok" || advice)).toBe(true);
	});

	it("wrong credentials are told, and no secret is shown", async () => {
		person.env = { ...person.env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "another-secret" };
		const { out, err, code } = await person.types("setup", "--yes");
		expect(code).toBe(1);
		expect(out).toMatch(/table +all +unknown/);
		expect(`${out}${err}`).not.toContain("another-secret");
	});
});
