import fc from "fast-check";
import { LIGHT } from "../world/world.ts";
import { anyJson, anyObject, anyText } from "./any-json.ts";

const deep = fc
	.integer({ min: 50, max: 80 })
	.map((levels) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`);
const long = fc.integer({ min: 1, max: 70_000 }).map((length) => `{"a":"${"x".repeat(length)}"}`);

const anyArgs = fc.oneof(
	{ weight: 20, arbitrary: anyObject },
	{ weight: 4, arbitrary: anyJson },
	{ weight: 2, arbitrary: anyObject.map((text) => JSON.stringify(text)) },
	{ weight: 1, arbitrary: deep },
	{ weight: 1, arbitrary: long },
);

const FIELDS = [
	"device",
	"service",
	"expiresIn",
	"replyTimeout",
	"onUnknown",
	"whenOffline",
	"lane",
	"qos",
	"idempotencyKey",
	"__proto__",
] as const;

/** Bodies of commands: most of them sound but for their arguments, some with anything anywhere, some no JSON. */
export const anyBody = fc.oneof(
	{ weight: 12, arbitrary: anyArgs.map((args) => commandWith({ args })) },
	{
		weight: 6,
		arbitrary: fc
			.tuple(fc.constantFrom(...FIELDS), anyJson, anyArgs)
			.map(([name, value, args]) => commandWith({ [name]: value, args })),
	},
	{
		weight: 3,
		arbitrary: fc
			.tuple(
				fc.constantFrom("iotId", "productKey", "deviceName"),
				anyText.map((t) => JSON.stringify(t)),
			)
			.map(([name, value]) =>
				commandWith({ device: `{"productKey":"pk","deviceName":"d",${same(name, value)}}` }),
			),
	},
	{ weight: 2, arbitrary: anyJson },
	{
		weight: 2,
		arbitrary: fc
			.tuple(anyArgs, fc.double({ min: 0, max: 1, noNaN: true }))
			.map(([args, share]) => {
				const text = commandWith({ args });
				return text.slice(0, Math.floor(text.length * share));
			}),
	},
	{ weight: 1, arbitrary: anyText },
);

/** A name twice is no JSON to us, so what stands there already is not repeated. */
const same = (name: string, value: string) =>
	name === "iotId" ? `"iotId":${value}` : `"iotId":"i","__${name}":${value}`;

function commandWith(fields: Readonly<Record<string, string>>): string {
	const sound = { device: JSON.stringify(LIGHT), service: '"Set"' };
	const all = Object.entries({ ...sound, ...fields });
	// biome-ignore lint/suspicious/noProto: the name itself is what is tried
	const proto = Object.hasOwn(fields, "__proto__") ? [["__proto__", fields["__proto__"]]] : [];
	return `{${[...all, ...proto].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}
