import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseExact } from "../../shared/json/exact.ts";
import { BoundedMap } from "../../shared/key/bounded-map.ts";
import { parseKey } from "../../shared/key/parse.ts";
import { reachesDevice, reachesReaction, reachesSchedule } from "../../shared/key/products.ts";
import { allowsScope } from "../../shared/key/scopes.ts";
import { hashOfKey, idOfKey, newKey, sameHash } from "../../shared/key/secret.ts";
import { TokenBucket } from "../../shared/key/token-bucket.ts";
import { parseReaction } from "../../shared/reaction/parse.ts";

const ID = "01JDXXXXXXXXXXXXXXXXXXXXXX";
const NOW = Date.parse("2026-11-24T07:00:00Z");

const parse = (body: object) => parseKey(parseExact(JSON.stringify(body)), NOW);
function pointers(body: object): string[] {
	const parsed = parse(body);
	return parsed.ok ? [] : parsed.errors.map(({ pointer }) => pointer);
}

describe("the secret of a key", () => {
	it("carries the id of its row and 256 random bits", () => {
		const key = newKey(ID, randomBytes);
		expect(idOfKey(key)).toBe(ID);
		expect(Buffer.from(key.slice(-43), "base64url")).toHaveLength(32);
		expect(newKey(ID, randomBytes)).not.toBe(key);
	});

	it.each(["", "thingcast_", `thingcast_${ID}_short`, `other_${ID}_${"a".repeat(43)}`])(
		"has a form, which %j has not",
		(text) => {
			expect(idOfKey(text)).toBeUndefined();
		},
	);

	it("is compared as a whole", () => {
		const hash = hashOfKey("a");
		expect(sameHash(hash, hashOfKey("a"))).toBe(true);
		expect(sameHash(hash, hashOfKey("b"))).toBe(false);
		expect(sameHash(hash, "")).toBe(false);
	});
});

describe("the body of POST /v1/keys", () => {
	it("is taken with all that there is", () => {
		const body = {
			name: "gate 7",
			scopes: ["commands:write", "commands:read", "commands:write"],
			products: ["pk"],
			ratePerSecond: 0.5,
			expiresAt: "2027-01-01T00:00:00+08:00",
		};
		expect(parse(body)).toEqual({
			ok: true,
			value: {
				...body,
				scopes: ["commands:write", "commands:read"],
				expiresAt: Date.parse(body.expiresAt),
			},
		});
	});

	it.each([
		["no name", { scopes: ["admin"] }, "/name"],
		["an empty name", { name: "", scopes: ["admin"] }, "/name"],
		["a line in the name", { name: "a\nb", scopes: ["admin"] }, "/name"],
		["no scope", { name: "a", scopes: [] }, "/scopes"],
		["an unknown scope", { name: "a", scopes: ["commands:delete"] }, "/scopes/0"],
		["no product", { name: "a", scopes: ["commands:read"], products: [] }, "/products"],
		["an admin of one product", { name: "a", scopes: ["admin"], products: ["pk"] }, "/products"],
		["a rate of zero", { name: "a", scopes: ["admin"], ratePerSecond: 0 }, "/ratePerSecond"],
		[
			"a time that is over",
			{ name: "a", scopes: ["admin"], expiresAt: "2026-11-24T07:00:00Z" },
			"/expiresAt",
		],
		[
			"a time without offset",
			{ name: "a", scopes: ["admin"], expiresAt: "2027-01-01T00:00:00" },
			"/expiresAt",
		],
		["a secret of its own", { name: "a", scopes: ["admin"], key: "mine" }, "/key"],
	])("is refused with %s", (_, body, pointer) => {
		expect(pointers(body)).toContain(pointer);
	});
});

describe("a scope", () => {
	it("allows itself only, and admin everything", () => {
		expect(allowsScope(["commands:write"], "commands:write")).toBe(true);
		expect(allowsScope(["commands:write"], "commands:read")).toBe(false);
		expect(allowsScope(["commands:write"], "admin")).toBe(false);
		expect(allowsScope(["admin"], "jobs:write")).toBe(true);
	});
});

describe("a key that is limited to products", () => {
	const limited = { products: ["pk"] };
	const reaction = (when: object, command: object) => {
		const body = { when: { source: "property", ...when }, do: { service: "Set", ...command } };
		const parsed = parseReaction(parseExact(JSON.stringify(body)));
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
		return parsed.value;
	};

	it("reaches devices that are named by one of them", () => {
		expect(reachesDevice(limited, { productKey: "pk", deviceName: "d" })).toBe(true);
		expect(reachesDevice(limited, { productKey: "other", deviceName: "d" })).toBe(false);
		expect(reachesDevice(limited, { iotId: "i" })).toBe(false);
		expect(reachesDevice(limited, { iotId: "i", productKey: "pk", deviceName: "d" })).toBe(false);
		expect(reachesDevice({}, { iotId: "i" })).toBe(true);
	});

	it("reaches a schedule of which it reaches every device", () => {
		const [mine, other] = ["pk", "other"].map((productKey) => ({ productKey, deviceName: "d" }));
		expect(reachesSchedule(limited, { devices: [mine ?? {}] })).toBe(true);
		expect(reachesSchedule(limited, { devices: [mine ?? {}, other ?? {}] })).toBe(false);
	});

	it.each([
		["to the device of an event of its product", { productKey: "pk" }, {}, true],
		["to the device of an event of any product", {}, {}, false],
		["to the device of an event of another product", { productKey: "other" }, {}, false],
		["to the device that a message names", { source: "message", productKey: "pk" }, {}, false],
		["to a device of its product", {}, { device: { productKey: "pk", deviceName: "d" } }, true],
		[
			"to whichever device of its product",
			{},
			{ device: { productKey: "pk", deviceName: "{% deviceName %}" } },
			true,
		],
		[
			"to another product's device",
			{ productKey: "pk" },
			{ device: { productKey: "other", deviceName: "d" } },
			false,
		],
		[
			"to a product that an event names",
			{ productKey: "pk" },
			{ device: { productKey: "{% productKey %}", deviceName: "d" } },
			false,
		],
		["to a device by its iotId", { productKey: "pk" }, { device: { iotId: "i" } }, false],
	])("may or may not have a reaction that sends %s", (_, when, command, allowed) => {
		expect(reachesReaction(limited, reaction(when, command))).toBe(allowed);
		expect(reachesReaction({}, reaction(when, command))).toBe(true);
	});
});

describe("a token bucket", () => {
	it("gives a burst, then one after the other, and says how long to wait", () => {
		const bucket = new TokenBucket(2, 3, 0);
		expect([0, 0, 0].map((at) => bucket.take(at))).toEqual([0, 0, 0]);
		expect(bucket.take(0)).toBe(500);
		expect(bucket.take(400)).toBe(100);
		expect(bucket.take(500)).toBe(0);
		expect(bucket.take(501)).toBe(499);
	});

	it("never holds more than its size, nor gives anything for a clock that goes back", () => {
		const bucket = new TokenBucket(1, 2, 10_000);
		expect([bucket.take(100_000), bucket.take(100_000)]).toEqual([0, 0]);
		expect(bucket.take(0)).toBe(1_000);
		expect(bucket.take(100_000)).toBe(1_000);
	});

	it("takes one back", () => {
		const bucket = new TokenBucket(1, 1, 0);
		bucket.take(0);
		bucket.giveBack();
		bucket.giveBack();
		expect([bucket.take(0), bucket.take(0)]).toEqual([0, 1_000]);
	});
});

describe("a bounded map", () => {
	it("forgets what was used longest ago", () => {
		const map = new BoundedMap<string, number>(2);
		map.set("a", 1);
		map.set("b", 2);
		map.get("a");
		map.set("c", 3);
		expect([map.get("a"), map.get("b"), map.get("c"), map.size]).toEqual([1, undefined, 3, 2]);
	});
});
