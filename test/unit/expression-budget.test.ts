import { describe, expect, it } from "vitest";
import { parseExact } from "../../shared/json/exact.ts";
import { BatchBudget } from "../../shared/reaction/budget.ts";
import { parseReaction } from "../../shared/reaction/parse.ts";
import { eventDocument } from "../../shared/reaction/reaction.ts";
import { type Rule, toRule } from "../../shared/reaction/rule.ts";

function ruleOf(id: string, condition: string, args: object = {}): Rule {
	const body = { when: { source: "event", condition }, do: { service: "S", args } };
	const parsed = parseReaction(parseExact(JSON.stringify(body)));
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	return toRule({ ...parsed.value, id, createdAt: 0, updatedAt: 0 });
}

const document = eventDocument(
	{ id: "e", source: "event", device: {}, at: 1, fields: { value: Array(52).fill(true) } },
	undefined,
);
/** Some 8,200 steps: an expression that is as expensive as one may be. */
const GREEDY = "value.all(x, value.all(y, y))";

describe("a batch of events", () => {
	it("lets an expensive reaction spend its share, and its neighbours theirs", () => {
		const budget = new BatchBudget();
		const greedy = ruleOf("greedy", GREEDY);
		const neighbour = ruleOf("neighbour", "value[0] && value[1]", { on: "{% size(value) %}" });
		let evaluated = 0;
		let refused = 0;
		for (let event = 0; event < 200; event++) {
			try {
				if (greedy.holds(document, budget)) evaluated++;
			} catch (error) {
				expect((error as Error).message).toBe(
					"condition: its reaction has used up the steps that it has for this batch of events",
				);
				refused++;
			}
			expect(neighbour.holds(document, budget)).toBe(true);
			expect(neighbour.render(document, budget)).toMatchObject({ service: "S" });
		}
		expect(evaluated).toBeGreaterThan(10);
		expect(refused).toBeGreaterThan(100);
		expect(greedy.holds(document, new BatchBudget())).toBe(true);
	});

	it("has an end to what all expensive reactions spend together", () => {
		const budget = new BatchBudget();
		const began = process.cpuUsage();
		let evaluated = 0;
		for (let index = 0; index < 600; index++) {
			try {
				if (ruleOf(`greedy-${index}`, GREEDY).holds(document, budget)) evaluated++;
			} catch {}
		}
		const { user } = process.cpuUsage(began);
		expect(evaluated).toBeLessThan(400);
		expect(user / 1_000).toBeLessThan(5_000);
		expect(ruleOf("honest", "value[0]").holds(document, budget)).toBe(true);
	});
});

describe("a template", () => {
	it("shares one limit among all its expressions", () => {
		const budget = new BatchBudget();
		const rule = ruleOf("r", "true", { list: Array(3).fill(`{% ${GREEDY} %}`) });
		expect(() => rule.render(document, budget)).toThrow(
			"/do/args/list/1: takes more than 10000 steps",
		);
	});

	it("gives no more than a message may hold", () => {
		const long = eventDocument(
			{ id: "e", source: "event", device: {}, at: 1, fields: { value: "x".repeat(40_000) } },
			undefined,
		);
		const rule = ruleOf("r", "true", { a: "{% value %}", b: "{% value %}" });
		expect(() => rule.render(long, new BatchBudget())).toThrow(
			"/do/args/b: gives more than 65536 characters",
		);
	});

	it("gives nothing that could not be read again", () => {
		const nested = (levels: number) => parseExact("[".repeat(levels) + "]".repeat(levels));
		const rendered = (levels: number) => {
			const fields = { value: nested(levels) };
			const event = { id: "e", source: "event", device: {}, at: 1, fields } as const;
			const rule = ruleOf("r", "true", { deep: "{% value %}" });
			return rule.render(eventDocument(event), new BatchBudget());
		};
		expect(rendered(62)).toBeDefined();
		expect(() => rendered(63)).toThrow("/do: is nested more than 64 levels deep");
	});
});
