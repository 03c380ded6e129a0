import fc from "fast-check";
import { parseQuery, QueryError } from "../../../shared/registry/query.ts";
import { cronTimes } from "../../../shared/schedule/cron.ts";
import { parseWhen } from "../../../shared/schedule/when.ts";
import { attack } from "../expressions/attack.ts";
import { randomAttack } from "../expressions/random-attack.ts";
import { seededRandom } from "../random.ts";
import { World } from "../world/world.ts";
import { anyText } from "./any-json.ts";

/** A door of one value each: whatever it throws must be a refusal of its own. */
export interface ValueDoor {
	readonly arbitrary: fc.Arbitrary<string>;
	/** @returns whether it was taken. */
	take(text: string): boolean | Promise<boolean>;
}

const cronField = fc.constantFrom("*", "*/5", "0", "1-5", "L", "59", "7", "30", "29", "2", "MON#2");
const cronText = fc.oneof(
	fc.array(cronField, { minLength: 5, maxLength: 6 }).map((fields) => fields.join(" ")),
	anyText,
	fc.stringMatching(/^[0-9*/,\-?LW#]{1,8}( [0-9*/,\-?LW#]{1,8}){4,5}$/),
	fc.stringMatching(/^@[a-z]{1,8}$/),
);
/** Among them those that have the form of a cursor, of something that is not there. */
const cursorText = fc.oneof(
	anyText,
	fc.base64String(),
	anyText.map((text) => Buffer.from(text).toString("base64url")),
	fc
		.stringMatching(/^[0-9]{15}#[0-9A-HJKMNP-TV-Z]{26}$/)
		.map((text) => Buffer.from(text).toString("base64url")),
	fc
		.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
		.map((text) => Buffer.from(text).toString("base64url")),
);
const LISTS = [
	"commands",
	"commands?state=failed",
	"schedules",
	"reactions",
	"jobs",
	"operations",
	"dead-letters",
	"devices",
	"devices/pk/light/timeline",
	"keys",
	"audit",
];
const word = fc.constantFrom(
	..."and or not in ( ) = != < > tags.floor online status 'x' 'a1' productKey groups lastSeen ago 5 1h , * ~".split(
		" ",
	),
);
const queryText = fc.oneof(
	anyText,
	fc.array(fc.oneof(word, anyText), { maxLength: 12 }).map((words) => words.join(" ")),
);
const DEVICE = { id: "d", productKey: "a1", deviceName: "d", status: "online" } as const;

/** @param seed of what is put together at random by other means than the arbitrary. */
export function valueDoors(seed: number): Readonly<Record<string, ValueDoor>> {
	const random = seededRandom(seed);
	const world = new World();
	let turn = 0;
	return {
		cursors: {
			arbitrary: cursorText,
			async take(text) {
				const list = LISTS[turn++ % LISTS.length] ?? "";
				const path = `/v1/${list}${list.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(text.replace(/\p{Cs}/gu, "?"))}`;
				const { status, text: answer } = await world.request("GET", path);
				if (status >= 500) throw new Error(`${path} answers ${status}: ${answer}`);
				return status === 200;
			},
		},
		cron: {
			arbitrary: cronText,
			take(cron) {
				const parsed = parseWhen({ cron, timeZone: "Europe/Berlin" });
				if (parsed.ok) cronTimes(cron).next(0);
				return parsed.ok;
			},
		},
		"queries of devices": {
			arbitrary: queryText,
			take(text) {
				try {
					const device = { ...DEVICE, tags: { floor: "3" }, groups: [], history: [], updatedAt: 0 };
					parseQuery(text)(device as never, 0);
					return true;
				} catch (error) {
					if (error instanceof QueryError) return false;
					throw error;
				}
			},
		},
		expressions: {
			arbitrary: fc.constant(""),
			take() {
				const one = randomAttack(random);
				const { outcome, escapes } = attack(one);
				if (escapes.length > 0) throw new Error(`${one.expression}: ${escapes.join(", ")}`);
				return outcome === "gave JSON";
			},
		},
	};
}
