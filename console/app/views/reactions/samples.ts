import type { Reaction } from "../../../../client/src/index.ts";

type When = Reaction["when"];

/** Fields of an event by its source, to try a reaction with. */
const FIELDS: Readonly<Record<When["source"], object>> = {
	event: { value: {} },
	property: { value: 31, previous: 29 },
	status: { status: "online" },
	reply: { code: 200, message: "success", data: {} },
	message: {},
};

/** An event that passes the reaction's filter. */
export function sampleOf({ source, productKey, deviceName, iotId, identifier }: When): object {
	const given = { productKey, deviceName, iotId, identifier };
	const names = Object.entries(given).filter(([, value]) => value !== undefined);
	const device = iotId || deviceName ? {} : { deviceName: "light" };
	const product = iotId || productKey ? {} : { productKey: "a1" };
	return { ...product, ...device, ...Object.fromEntries(names), ...FIELDS[source] };
}

export const EXAMPLE = `{
  "name": "too warm",
  "when": {
    "source": "property",
    "identifier": "temperature",
    "condition": "previous <= 30 && value > 30"
  },
  "do": {
    "service": "Set",
    "args": {"level": "{% value > 40 ? 2 : 1 %}"}
  },
  "cooldownSeconds": 60
}`;

export function whenText({ when }: Pick<Reaction, "when">): string {
	const { source, identifier, productKey, deviceName, iotId } = when;
	const device = deviceName ?? iotId ?? (productKey && `product ${productKey}`);
	return [source, identifier, device && `of ${device}`].filter(Boolean).join(" ");
}
