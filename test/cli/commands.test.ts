import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractApi, commandOf } from "../support/api/contract-api.ts";
import { Person } from "../support/cli/typed.ts";

const DEVICE = ["--product", "a1TEST", "--device", "light"];

describe("thingcast", () => {
	let api: ContractApi;
	let person: Person;
	beforeEach(async () => {
		api = await ContractApi.start();
		person = new Person();
		person.env = { THINGCAST_URL: api.url, THINGCAST_KEY: api.key };
	});
	afterEach(async () => {
		person.leaves();
		await api.close();
	});
	const store = (...states: readonly string[]) => {
		for (const [index, state] of states.entries()) {
			api.change(commandOf(`c${index + 1}`, { state, terminal: true }));
		}
	};

	describe("send", () => {
		it("hands on what was typed, digit for digit, and nothing that was not", async () => {
			const { json, code } = await person.types(
				...[
					"send",
					...DEVICE,
					"--service",
					"Set",
					"--args",
					'{"t": 10.0, "big": 9007199254740993}',
				],
				...["--expires-in", "5m", "--when-offline", "wait", "--qos", "1", "--json"],
			);
			expect(code).toBe(0);
			expect(json).toMatchObject([{ id: "c1", state: "accepted" }]);
			expect(api.seen[0]?.text).toBe(
				'{"device":{"productKey":"a1TEST","deviceName":"light"},"service":"Set","expiresIn":300,"whenOffline":"wait","qos":1,"args":{"t":10.0,"big":9007199254740993}}',
			);
		});

		it("takes arguments from stdin, or as a text that is sent byte for byte", async () => {
			person.stdin = '{"level":1.50}';
			await person.types("send", "--iot-id", "i1", "--service", "Set", "--args", "-");
			await person.types("send", "--iot-id", "i1", "--service", "Set", "--args-text", '{ "a":1 }');
			expect(api.seen.map(({ text }) => text)).toEqual([
				'{"device":{"iotId":"i1"},"service":"Set","args":{"level":1.50}}',
				'{"device":{"iotId":"i1"},"service":"Set","args":"{ \\"a\\":1 }"}',
			]);
		});

		it.each([
			["succeeded", 0],
			["failed", 1],
			["unknown", 3],
			["timed_out", 4],
			["expired", 6],
			["canceled", 6],
			["sent", 7],
		])("--wait ends with a code of its own when it has %s: %i", async (state, code) => {
			const command = commandOf("c1", { state, terminal: state !== "sent" });
			api.answers.set("POST /v1/commands", [{ status: 202, body: command }]);
			api.answer("GET /v1/commands/c1", command);
			const words = ["send", ...DEVICE, "--service", "Set", "--wait", "0.1"];
			expect((await person.types(...words)).code).toBe(code);
		});

		it.each([
			[["send", "--service", "Set"], /no device is named/],
			[["send", ...DEVICE], /no service is named/],
			[["send", "--device", "light", "--service", "Set"], /no device is named/],
			[["send", ...DEVICE, "--service", "Set", "--args", "{level: 3}"], /--args is not JSON/],
			[["send", ...DEVICE, "--service", "Set", "--args", "@/none"], /\/none cannot be read/],
			[["send", ...DEVICE, "--service", "Set", "--wait", "soon"], /give seconds, or a number with/],
			[["send", ...DEVICE, "--service", "Set", "--lane", "fast"], /choices are interactive, bulk/],
			[["list", "--state", "done"], /"done" is not one of accepted, waiting/],
			[["list", "--device", "light"], /--device needs the device's product/],
			[["list", "--stat", "x"], /unknown option '--stat'\n\(Did you mean --state\?\)/],
			[["lst"], /unknown command 'lst'\n\(Did you mean list\?\)/],
			[["get"], /missing required argument 'id'/],
			[["cancel"], /cancel what\?/],
			[["cancel", "c1", "--state", "waiting"], /both ids and a filter/],
			[["cancel", "--state", "waiting"], /nobody is here to answer: add --yes/],
			[["keys", "create", "k"], /a key without scopes can do nothing/],
			[["schedule", "create", ...DEVICE, "--service", "Set"], /say once when it fires/],
			[
				["schedule", "create", ...DEVICE, "--service", "Set", "--cron", "0 7 * * *"],
				/zone is missing/,
			],
			[["job", "start", "--service", "Set"], /say once which devices/],
			[["job", "start", "--group", "g", "--wave", "x"], /10 is ten devices/],
		])("%j is told what is wrong, and sends nothing", async (words, message) => {
			api.answer("POST /v1/commands/cancel", { matched: 3 });
			const { code, err, out } = await person.types(...words);
			expect(code).toBe(2);
			expect(err).toMatch(message);
			expect(out).toBe("");
			expect(api.seen.every(({ body }) => body?.["dryRun"] === true)).toBe(true);
		});
	});

	describe("list", () => {
		it("shows so many, and says that there are more", async () => {
			store("failed", "failed", "failed", "succeeded", "failed");
			const shown = await person.types("list", "--state", "failed", "--limit", "3");
			expect(shown.out.split("\n")).toHaveLength(4);
			expect(shown.err).toContain("… and more");
			const all = await person.types("list", "--json", "--limit", "all");
			expect(all.json.map(({ id }) => id)).toEqual(["c5", "c4", "c3", "c2", "c1"]);
			expect(all.err).toBe("");
		});

		it("hands every filter on by its name in the API", async () => {
			const words =
				"--since 1h --until 5m --service Set --code X --source job --job j1 --schedule s1";
			await person.types("list", "--state", "failed,unknown", ...DEVICE, ...words.split(" "));
			expect(api.seen[0]?.query).toEqual({
				state: "failed,unknown",
				since: "1h",
				until: "5m",
				service: "Set",
				code: "X",
				source: "job",
				job: "j1",
				schedule: "s1",
				productKey: "a1TEST",
				deviceName: "light",
				limit: "20",
			});
		});

		it("says so where nothing matches", async () => {
			expect(await person.types("list")).toMatchObject({
				code: 0,
				out: "",
				err: "no command matches",
			});
		});
	});

	describe("cancel and redrive", () => {
		const operation = {
			id: "o1",
			state: "completed",
			matched: 500,
			done: 498,
			skipped: 2,
			failed: 0,
		};
		const prepare = (what: string) => {
			api.answer(`POST /v1/commands/${what}`, { matched: 500 }, { id: "o1", state: "running" });
			api.answer("GET /v1/operations/o1", { ...operation, state: "running", done: 0 }, operation);
		};

		it("count, ask, do it, and say what became of it", async () => {
			prepare("cancel");
			person.answer = "y";
			const { out, code } = await person.types("cancel", ...DEVICE, "--state", "waiting");
			expect(person.asked).toEqual(["500 commands match. cancel them? [y/N] "]);
			expect(out).toBe("498 of 500 commands canceled, 2 skipped");
			expect(code).toBe(0);
		});

		it("do nothing without a yes", async () => {
			prepare("redrive");
			person.answer = "";
			const { err, code } = await person.types("redrive", "--code", "X");
			expect(err).toBe("nothing was done");
			expect(code).toBe(2);
			expect(api.seen).toHaveLength(1);
		});

		it("only count with --dry-run, and close with the operation in JSON", async () => {
			prepare("redrive");
			const two = { matched: 500 };
			api.answer("POST /v1/commands/redrive", two, two, { id: "o1", state: "running" });
			const filter = ["redrive", "--state", "failed", "--since", "1d", "--json"];
			expect((await person.types(...filter, "--dry-run")).json).toEqual([{ matched: 500 }]);
			expect((await person.types(...filter, "--yes")).json).toEqual([operation]);
			const asked = { filter: { state: "failed", since: "1d" } };
			expect(api.seen.slice(0, 3).map(({ body }) => body)).toEqual([
				{ ...asked, dryRun: true },
				{ ...asked, dryRun: true },
				asked,
			]);
		});

		it("end with 1 where some failed", async () => {
			prepare("cancel");
			api.answer("GET /v1/operations/o1", { ...operation, failed: 3 });
			const { out, code } = await person.types("cancel", "--service", "Set", "--yes");
			expect(out).toContain("3 failed");
			expect(code).toBe(1);
		});

		it("go on with the other ids when one cannot be done", async () => {
			store("failed", "unknown");
			const { json, err, code } = await person.types("redrive", "none", "c2", "--json");
			expect(json.map(({ id }) => id)).toEqual(["c2-again"]);
			expect(err).toContain("404 not-found");
			expect(code).toBe(1);
		});

		it("take ids as well", async () => {
			store("failed", "unknown");
			const { json } = await person.types("redrive", "c1", "c2", "--json");
			expect(json.map(({ id }) => id)).toEqual(["c1-again", "c2-again"]);
		});
	});

	describe("tail -f", () => {
		it("shows the last ones, oldest first, and then every change", async () => {
			store("failed", "succeeded");
			api.answers.set("GET /v1/commands/stream", [
				{ status: 403, body: { type: "urn:thingcast:problem:forbidden", title: "No" } },
			]);
			const { out, code, err } = await person.types("tail", "-f", "-n", "2");
			expect(out.split("\n").map((line) => line.split("  ").at(-1))).toEqual(["c1", "c2"]);
			expect(code).toBe(1);
			expect(err).toContain("where: GET /v1/commands/stream");
		});
	});

	it.each([
		[401, "unauthorized", /THINGCAST_KEY, or the profile's/],
		[403, "forbidden", /scopes or products/],
		[404, "not-found", /look for its id/],
		[429, "too-many-requests", /too many requests/],
		[500, "internal-error", /log says more/],
	])("an answer %i says what, where, and what to do", async (status, name, advice) => {
		const body = { type: `urn:thingcast:problem:${name}`, title: "T", detail: "the detail" };
		api.answers.set("GET /v1/commands/c9", [{ status, body, headers: { "retry-after": "600" } }]);
		const { code, err, out } = await person.types("get", "c9");
		expect(code).toBe(1);
		expect(out).toBe("");
		expect(err).toContain("thingcast: T: the detail");
		expect(err).toContain(`where: GET /v1/commands/c9 at ${api.url}, answered ${status} ${name}`);
		expect(err).toMatch(advice);
	});

	it("an address where nothing answers is told", async () => {
		person.env = { THINGCAST_URL: "http://127.0.0.1:1", THINGCAST_KEY: "k" };
		const { code, err } = await person.types("quota");
		expect(code).toBe(1);
		expect(err).toMatch(/No answer: http:\/\/127\.0\.0\.1:1: /);
		expect(err).toContain("thingcast doctor");
	});
});
