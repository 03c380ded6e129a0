import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Account } from "../../local/account.ts";
import { startTablestore } from "../../local/tablestore/index.ts";
import { systemClock } from "../../shared/clock.ts";
import { TABLE_NAMES } from "../../shared/table/schema.ts";
import { ContractApi } from "../support/api/contract-api.ts";
import { Person } from "../support/cli/typed.ts";

const KEYS = { accessKeyId: "LTAIsetup", accessKeySecret: "secret-of-setup" };

describe("setup and doctor, on an instance without tables", () => {
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-setup-"));
	let service: Awaited<ReturnType<typeof startTablestore>>;
	let api: ContractApi;
	let person: Person;
	beforeEach(async () => {
		const account = new Account("1234567890123456", "cn-shanghai", KEYS);
		service = await startTablestore(
			{ dataDir, port: 0, clock: systemClock, random: Math.random, account, log: () => {} },
			{ instance: "fresh" },
		);
		api = await ContractApi.start();
		api.answer("GET /healthz", { status: "ok" });
		api.answer("GET /v1/quota", {});
		person = new Person();
		person.env = {
			THINGCAST_URL: api.url,
			THINGCAST_KEY: api.key,
			TABLESTORE_ENDPOINT: service.url,
			TABLESTORE_INSTANCE: "fresh",
			ALIBABA_CLOUD_ACCESS_KEY_ID: KEYS.accessKeyId,
			ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEYS.accessKeySecret,
		};
	});
	afterEach(async () => {
		person.leaves();
		await api.close();
		await service.close();
		rmSync(dataDir, { recursive: true, force: true });
	});

	const checks = async () => (await person.types("doctor", "--json")).json;

	it("doctor says what is missing and writes nothing, setup plans, asks, and creates it", async () => {
		for (let twice = 0; twice < 2; twice++) {
			const found = await checks();
			expect(found).toContainEqual(expect.objectContaining({ check: "tables", state: "wrong" }));
			expect(found.at(-1)).toEqual({ ok: false, wrong: 1 });
		}
		const all = TABLE_NAMES.map((table) => ({ table, plan: "create" }));
		const planned = await person.types("setup", "--json");
		expect(planned.json).toEqual(all);
		expect(planned.err).toContain("nothing was done");
		person.answer = "n";
		expect((await person.types("setup", "--json")).json).toEqual(all);
		person.answer = undefined;
		const done = await person.types("setup", "--yes", "--json");
		expect(done.json.slice(all.length)).toEqual(
			TABLE_NAMES.map((table) => ({ table, did: "created" })),
		);
		expect((await checks()).at(-1)).toEqual({ ok: true, wrong: 0 });
		expect((await person.types("setup", "--yes")).err).toContain("nothing to do");
	});

	it("doctor tells a key that is wrong, and settings that do not fit together", async () => {
		person.env = {
			...person.env,
			THINGCAST_KEY: "wrong",
			API_KEYS: "short",
			TABLESTORE_ENDPOINT: "https://thingcast.cn-beijing.ots.aliyuncs.com",
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
		expect(err).toMatch(/^thingcast: /);
		expect(`${out}${err}`).not.toContain("another-secret");
	});
});
