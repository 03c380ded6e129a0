import { describe, expect, it } from "vitest";
import { fitArgs, holdsNumber, readThingModel } from "../../shared/iot/thing-model.ts";

const type = (name: string, specs: unknown = {}) => ({ type: name, specs });
const field = (identifier: string, dataType: object) => ({
	identifier,
	name: identifier,
	dataType,
});

const MODEL = readThingModel(
	JSON.stringify({
		schema: "…",
		services: [
			{
				identifier: "Set",
				callType: "async",
				inputData: [
					field("f", type("float", { min: "0" })),
					field("d", type("double")),
					field("i", type("int")),
					field("e", type("enum", { "0": "off" })),
					field("t", type("text")),
					field("s", type("struct", [field("inner", type("float"))])),
					field("a", type("array", { size: "3", item: type("double") })),
					field("as", type("array", { item: type("struct", [field("x", type("float"))]) })),
				],
			},
		],
	}),
);
const inputs = MODEL.get("Set") ?? new Map();

describe("arguments fitted to a thing model", () => {
	it.each([
		['{"f":10,"d":-1}', '{"f":10.0,"d":-1.0}'],
		['{"f":10.5,"d":1e2}', '{"f":10.5,"d":100.0}'],
		['{"i":10.0,"e":1.0}', '{"i":10,"e":1}'],
		['{"i":9223372036854775807}', '{"i":9223372036854775807}'],
		['{"i":1.5}', '{"i":1.5}'],
		['{"t":"10","f":"10"}', '{"t":"10","f":"10"}'],
		['{"s":{"inner":1,"more":1}}', '{"s":{"inner":1.0,"more":1}}'],
		['{"a":[1,2.5,3]}', '{"a":[1.0,2.5,3.0]}'],
		['{"as":[{"x":1},{"x":2}]}', '{"as":[{"x":1.0},{"x":2.0}]}'],
		['{"unknown":1}', '{"unknown":1}'],
		["{}", "{}"],
	])("%s become %s", (args, fitted) => {
		expect(fitArgs(args, inputs)).toBe(fitted);
	});

	it("need no model where they hold no number", () => {
		expect(holdsNumber('{"a":"1","b":[true,null,{"c":""}]}')).toBe(false);
		expect(holdsNumber('{"a":{"b":[1]}}')).toBe(true);
	});

	it("are left alone by a model of another form", () => {
		expect(readThingModel('{"services":5}').size).toBe(0);
		expect(readThingModel("[]").size).toBe(0);
	});
});
