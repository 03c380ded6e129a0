import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { profilesFile } from "../../cli/settings/profiles.ts";
import { ContractApi } from "../support/api/contract-api.ts";
import { Person } from "../support/cli/typed.ts";

describe("where the API is", () => {
	let api: ContractApi;
	let person: Person;
	beforeEach(async () => {
		api = await ContractApi.start();
		person = new Person();
	});
	afterEach(async () => {
		person.leaves();
		await api.close();
	});

	const file = () => profilesFile(person);
	const keep = (text: string, mode = 0o600) => {
		mkdirSync(dirname(file()), { recursive: true });
		writeFileSync(file(), text);
		chmodSync(file(), mode);
	};
	const profiles = (name: string) => JSON.stringify({ [name]: { url: api.url, key: api.key } });
	const environment = () => ({ THINGCAST_URL: api.url, THINGCAST_KEY: api.key });

	it("is said by the environment", async () => {
		person.env = environment();
		expect((await person.types("list", "--json")).code).toBe(0);
	});

	it.each([`/`, "/v1", "/v1/"])("may be given with %s at its end", async (end) => {
		person.env = { ...environment(), THINGCAST_URL: api.url + end };
		expect((await person.types("list", "--json")).code).toBe(0);
	});

	it("is said by a profile, which goes before the environment", async () => {
		keep(profiles("night"));
		person.env = { THINGCAST_URL: "http://127.0.0.1:1", THINGCAST_KEY: "wrong" };
		expect((await person.types("list", "--profile", "night")).code).toBe(0);
	});

	it("is the default profile's where nothing is said", async () => {
		keep(profiles("default"));
		expect((await person.types("list")).code).toBe(0);
		keep(profiles("other"));
		person.env = { THINGCAST_PROFILE: "other" };
		expect((await person.types("list")).code).toBe(0);
	});

	it("is not read from a file that others may read", async () => {
		keep(profiles("default"), 0o640);
		const { code, err } = await person.types("list");
		expect(code).toBe(2);
		expect(err).toContain("may be read by other users");
		expect(err).toContain(`chmod 600 ${file()}`);
		expect(api.seen).toEqual([]);
	});

	it.each([
		["{", /profiles\.json: /],
		["[]", /is not a JSON object/],
		['{"default":{"url":"http://x"}}', /default\.key is missing/],
	])("a file with %s is told", async (text, message) => {
		keep(text);
		const { code, err } = await person.types("list");
		expect(code).toBe(2);
		expect(err).toMatch(message);
		expect(err).toContain("what to do:");
	});

	it.each([
		[{}, [], /nobody has said which API/],
		[{ THINGCAST_URL: "http://x" }, [], /THINGCAST_KEY is not set/],
		[{ THINGCAST_URL: "x", THINGCAST_KEY: "k" }, [], /"x" is not a URL/],
		[{ THINGCAST_URL: "ftp://x", THINGCAST_KEY: "k" }, [], /"ftp:\/\/x"/],
		[{}, ["--profile", "none"], /there is no profile none/],
	])("with %j and %j the error says what to do", async (env, words, message) => {
		person.env = env as Record<string, string>;
		const { code, err } = await person.types("list", ...words);
		expect(code).toBe(2);
		expect(err).toMatch(message);
		expect(err).toContain("what to do:");
	});

	it("`profile set` keeps the key from stdin for its owner alone, and never shows it", async () => {
		person.stdin = `${api.key}\n`;
		const { out } = await person.types("profile", "set", "default", "--url", api.url);
		expect(out).toContain("kept default");
		expect(statSync(file()).mode & 0o777).toBe(0o600);
		expect(statSync(dirname(file())).mode & 0o777).toBe(0o700);
		expect((await person.types("list")).code).toBe(0);
		const list = await person.types("profile", "list", "--json");
		expect(list.json).toEqual([{ name: "default", url: api.url }]);
		await person.types("profile", "delete", "default");
		expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({});
	});

	it("a key that is made may go into a profile, and is then not shown", async () => {
		person.env = environment();
		const made = {
			id: "k1",
			name: "reader",
			scopes: ["commands:read"],
			key: "secret-secret-secret",
		};
		api.answers.set("POST /v1/keys", [{ status: 201, body: made }]);
		const words = ["keys", "create", "reader", "--scope", "commands:read", "--save", "reader"];
		const { out, err } = await person.types(...words);
		expect(`${out}${err}`).not.toContain(made.key);
		expect(JSON.parse(readFileSync(file(), "utf8")).reader).toEqual({
			url: api.url,
			key: made.key,
		});
	});
});
