import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Io } from "../../cli/io.ts";
import { exactText, parseRemembering } from "../../cli/output/exact.ts";
import { Show } from "../../cli/output/show.ts";
import { type Column, facts, table } from "../../cli/output/table.ts";
import { duration, fromNow } from "../../cli/output/time.ts";
import { truncate, width } from "../../cli/output/width.ts";

interface Row {
	readonly name: string;
	readonly count: number;
	readonly id: string;
}
const COLUMNS: readonly Column<Row>[] = [
	{ title: "NAME", value: ({ name }) => name },
	{ title: "COUNT", value: ({ count }) => count, right: true },
	{ title: "ID", value: ({ id }) => id, whole: true },
];
const plain = { columns: undefined, colours: false };

describe("a table", () => {
	const rows = [
		{ name: "night mode", count: 7, id: "01" },
		{ name: "夜间模式", count: 1200, id: "02" },
	];

	it("is aligned, wide characters as well, numbers to the right", () => {
		expect(table(rows, COLUMNS, plain)).toEqual([
			"NAME        COUNT  ID",
			"night mode      7  01",
			"夜间模式     1200  02",
		]);
	});

	it("is cut to the terminal, but for what is copied", () => {
		const long = [{ name: "n".repeat(200), count: 7, id: "i".repeat(60) }];
		const wide = table(long, COLUMNS, { columns: 160, colours: false });
		expect(wide[1]).toMatch(/^n+… +7 {2}i{60}$/);
		expect(width(wide[1] ?? "")).toBe(160);
		const narrow = table(long, COLUMNS, { columns: 80, colours: false });
		expect(narrow).toHaveLength(3);
		expect(narrow[0]).not.toContain("ID");
		expect(width(narrow[1] ?? "")).toBe(80);
		expect(narrow[2]).toBe(`  ${"i".repeat(60)}`);
	});

	it("is one line a row wherever all of it fits", () => {
		expect(table(rows, COLUMNS, { columns: 21, colours: false })).toHaveLength(3);
	});

	it("never takes more than the terminal where nothing must stay whole", () => {
		const columns = COLUMNS.map(({ title, value }) => ({ title, value }));
		fc.assert(
			fc.property(
				fc.string({ unit: "grapheme" }),
				fc.integer({ min: 40, max: 200 }),
				(name, wide) => {
					const lines = table([{ name, count: 1, id: name }], columns, {
						columns: wide,
						colours: false,
					});
					for (const line of lines) expect(width(line)).toBeLessThanOrEqual(wide);
				},
			),
		);
	});

	it("shows no control characters: names and messages come from devices", () => {
		const evil = [{ name: "a\u001b[2Jb\nc", count: 1, id: "1" }];
		expect(table(evil, COLUMNS, plain)[1]).toBe("a [2Jb c      1  1");
		expect(facts([["name", "x\u0007\r\ny"]], plain)).toEqual(["name  x y"]);
	});

	it("is coloured only where that is wanted", () => {
		const coloured: readonly Column<Row>[] = [
			{ title: "N", value: () => "x", colour: () => "red" },
		];
		expect(table(rows, coloured, { ...plain, colours: true })[1]).toBe("\u001b[31mx\u001b[0m");
		expect(table(rows, coloured, plain)[1]).toBe("x");
	});
});

describe("text", () => {
	it.each([
		["light", 5, "light"],
		["lights", 5, "ligh…"],
		["夜间模式", 5, "夜间…"],
		["夜间模式", 4, "夜…"],
	])("%s in %i columns is %s", (text, columns, expected) => {
		expect(truncate(text, columns)).toBe(expected);
	});

	it.each([
		[0, "0 ms"],
		[850, "850 ms"],
		[1_250, "1.3 s"],
		[12_000, "12 s"],
		[200_000, "3 min 20 s"],
		[3_600_000, "1 h"],
		[187_260_000, "2 d 4 h"],
	])("%i ms are %s", (ms, expected) => {
		expect(duration(ms)).toBe(expected);
	});

	it("says how far a time is away, on either side", () => {
		const now = Date.parse("2026-11-24T07:00:00Z");
		expect(fromNow("2026-11-24T07:05:00Z", now)).toBe("in 5 min");
		expect(fromNow("2026-11-24T06:59:57Z", now)).toBe("3 s ago");
	});
});

describe("JSON that is read and written again", () => {
	it.each([
		'{"args":{"big":9007199254740993,"t":10.0,"e":1e2},"list":[{"a":1.50}]}',
		'{"id":"c1","text":"ü\\n"}',
	])("keeps its digits: %s", (text) => {
		expect(exactText(parseRemembering(text))).toBe(text);
	});

	it("is an ordinary value in between, also part by part", () => {
		const page = parseRemembering('{"commands":[{"n":1.0},{"n":2}],"cursor":null}') as {
			commands: Array<{ n: number }>;
		};
		expect(page.commands.map(({ n }) => n)).toEqual([1, 2]);
		expect(page.commands.map(exactText)).toEqual(['{"n":1.0}', '{"n":2}']);
	});
});

describe("a list", () => {
	it("says which of it cannot be read, and shows the others", async () => {
		const lines: string[] = [];
		const line = (text: string) => lines.push(text);
		const io = { out: line, say: line, ...plain } as unknown as Io;
		const damaged = { id: "03", error: { code: "DamagedRow", message: "no document" } };
		const items = [{ name: "a", count: 1, id: "01" }, damaged as unknown as Row];
		await new Show(io, false).list(items, COLUMNS);
		expect(lines).toEqual([
			"NAME  COUNT  ID",
			"a         1  01",
			"cannot be read: 03: no document",
		]);
	});
});
