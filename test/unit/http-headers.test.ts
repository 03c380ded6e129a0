import { describe, expect, it } from "vitest";
import { sourceAddress } from "../../functions/http/access/source-address.ts";
import { splitOutsideQuotes } from "../../functions/http/header-lists.ts";
import { idempotencyKey } from "../../functions/http/idempotency-key.ts";
import { isNamed, requireVersion, wantsNew } from "../../functions/http/preconditions.ts";
import { preferredWait } from "../../functions/http/prefer.ts";
import type { Problem } from "../../functions/http/problem.ts";

describe("Prefer (RFC 7240)", () => {
	it.each([
		["wait=10", 10],
		["WAIT=10", 10],
		["respond-async, wait=10", 10],
		["respond-async,wait = 10", 10],
		['wait="10"', 10],
		['wait="1\\0"', 10],
		["wait=10; foo=bar", 10],
		['foo="a, wait=5", wait=10', 10],
		['foo="a \\" wait=5", wait=10; x', 10],
		["return=minimal, wait=10, wait=20", 10],
		["wait=3000", 30],
		["wait", 0],
		["wait=", 0],
		["wait=-1", 0],
		["wait=soon", 0],
		["waiting=10", 0],
		["", 0],
		[",,;", 0],
		['wait="10', 0],
	])("%s waits %d s", (prefer, seconds) => {
		expect(preferredWait(new Headers({ prefer }))).toBe(seconds);
	});

	it("may come in several fields", () => {
		const headers = new Headers({ prefer: "respond-async" });
		headers.append("prefer", "wait=7");
		expect(preferredWait(headers)).toBe(7);
	});
});

describe("Idempotency-Key", () => {
	it.each([
		["order-17", "order-17"],
		['"order-17"', "order-17"],
		['"order-17"; v=1', "order-17"],
		['"say \\"hi\\""', 'say "hi"'],
		['a"b', 'a"b'],
	])("%s is the key %s", (value, key) => {
		expect(idempotencyKey(new Headers({ "idempotency-key": value }))).toBe(key);
	});

	it.each(['""', "k".repeat(129), `"${"k".repeat(129)}"`])("%s is refused", (value) => {
		expect(() => idempotencyKey(new Headers({ "idempotency-key": value }))).toThrow(
			/Idempotency-Key/,
		);
	});

	it("may have 128 characters in both forms", () => {
		const key = "k".repeat(128);
		for (const value of [key, `"${key}"`]) {
			expect(idempotencyKey(new Headers({ "idempotency-key": value }))).toBe(key);
		}
	});
});

describe("If-Match and If-None-Match (RFC 9110)", () => {
	function refusal(headers: Record<string, string>): string | undefined {
		try {
			requireVersion(new Headers(headers), 3n);
			return undefined;
		} catch (error) {
			return (error as Problem).problem;
		}
	}

	it.each([
		["nothing", {}, undefined],
		["its version", { "if-match": '"3"' }, undefined],
		["a list with its version", { "if-match": '"1", "2,5" ,"3"' }, undefined],
		["any version", { "if-match": "*" }, undefined],
		["another version", { "if-match": '"2"' }, "version-conflict"],
		["its version as a weak tag", { "if-match": 'W/"3"' }, "version-conflict"],
		["what is no version", { "if-match": "3" }, "version-conflict"],
		["nothing in particular", { "if-match": "" }, "version-conflict"],
		["none at all", { "if-none-match": "*" }, "version-conflict"],
		["not this one", { "if-none-match": '"2", W/"3"' }, "version-conflict"],
		["not another one", { "if-none-match": '"2"' }, undefined],
	])("a change that wants %s", (_, headers, problem) => {
		expect(refusal(headers)).toBe(problem);
	});

	it("compare weakly where a caller has a copy", () => {
		const named = (value: string) => isNamed(new Headers({ "if-none-match": value }), '"3"');
		expect([named('"3"'), named('W/"3"'), named("*"), named('"1", "3"')]).not.toContain(false);
		expect([named('"33"'), named('"1"')]).not.toContain(true);
	});

	it("ask for a new document by a star", () => {
		expect(wantsNew(new Headers({ "if-none-match": "*" }))).toBe(true);
		expect(wantsNew(new Headers({ "if-none-match": '"3"' }))).toBe(false);
		expect(wantsNew(new Headers())).toBe(false);
	});
});

describe("lists in headers", () => {
	it("end at separators outside of quotes", () => {
		expect(splitOutsideQuotes('a, "b,\\",c" , ,d', ",")).toEqual(["a", '"b,\\",c"', "d"]);
	});
});

describe("the source address", () => {
	it.each([
		["203.0.113.7, 10.0.0.1", "203.0.113.7"],
		[" 2001:db8::1 ", "2001:db8::1"],
		["<script>", "unknown"],
		["", "unknown"],
	])("of X-Forwarded-For: %s", (value, address) => {
		expect(sourceAddress(new Headers({ "x-forwarded-for": value }))).toBe(address);
	});
});
