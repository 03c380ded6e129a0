import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepTime, keptTime } from "../../clock/kept-time.ts";
import { EndpointsFile } from "../../endpoints.ts";
import { loadIdentity, WELL_KNOWN_ACCOUNT } from "../../identity.ts";
import { openDatabase } from "../../store/database.ts";
import { lockFolder } from "../../store/lock.ts";

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "thingcast-damaged-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const path = (name: string) => join(dir, name);

/** The message names the file and says what to do. */
const damaged = (name: string) =>
	new RegExp(`${path(name).replaceAll(".", "\\.")} is damaged \\(.+\\)\\. .*[Rr]emove it`, "s");

describe("a damaged file of the data folder is named, with what to do:", () => {
	it.each([
		["half a file", '{"accountId": "1'],
		["another form", '{"accountId": "1000000000000001"}'],
		["an empty one", ""],
	])("identity.json, %s", (_, text) => {
		writeFileSync(path("identity.json"), text);
		expect(() => loadIdentity(dir)).toThrow(damaged("identity.json"));
		expect(readFileSync(path("identity.json"), "utf8")).toBe(text);
	});

	it("virtual-clock.json", () => {
		writeFileSync(path("virtual-clock.json"), '{"now":"tomorrow"}');
		expect(() => keptTime(dir)).toThrow(damaged("virtual-clock.json"));
	});

	it("endpoints.json that cannot be replaced", () => {
		mkdirSync(path("endpoints.json"));
		expect(() => new EndpointsFile(dir)).toThrow(damaged("endpoints.json"));
	});

	it("a database that is none", () => {
		writeFileSync(path("mns.db"), "no database ".repeat(1_000));
		expect(() => openDatabase(dir, "mns")).toThrow(damaged("mns.db"));
	});

	it("a database that lost its end", () => {
		const db = openDatabase(dir, "iot");
		db.exec("CREATE TABLE things (text TEXT)");
		const insert = db.prepare("INSERT INTO things VALUES (?)");
		for (let row = 0; row < 500; row++) insert.run("x".repeat(200));
		db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
		db.close();
		truncateSync(path("iot.db"), 10 * 4_096);
		expect(() => openDatabase(dir, "iot")).toThrow(damaged("iot.db"));
	});

	it("a database that is a folder", () => {
		mkdirSync(path("fc.db"));
		expect(() => openDatabase(dir, "fc")).toThrow(damaged("fc.db"));
	});

	it("the lock", () => {
		writeFileSync(path("lock.db"), "no lock ".repeat(1_000));
		expect(() => lockFolder(dir)).toThrow(damaged("lock.db"));
	});
});

describe("a data folder", () => {
	it("keeps its account and its time", () => {
		const identity = loadIdentity(dir);
		expect(loadIdentity(dir)).toEqual(identity);
		keepTime(dir, 1_767_225_600_000.5);
		expect(keptTime(dir)).toBe(1_767_225_600_000.5);
	});

	it("is refused for another account than the one that it has", () => {
		loadIdentity(dir);
		expect(() => loadIdentity(dir, WELL_KNOWN_ACCOUNT)).toThrow(/choose another data folder/);
	});

	it("begins with the account that is given", () => {
		expect(loadIdentity(dir, WELL_KNOWN_ACCOUNT)).toEqual(WELL_KNOWN_ACCOUNT);
		expect(loadIdentity(dir)).toEqual(WELL_KNOWN_ACCOUNT);
	});
});
