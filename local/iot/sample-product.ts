/**
 * A product whose services cover both call types and every data type of the
 * thing model. All inputs are optional, so that each service can be called with
 * `{}`.
 */
export const SAMPLE_PRODUCT_NAME = "thingcast sample";

const optional = (identifier: string, name: string, type: string, specs: unknown = {}) => ({
	identifier,
	name,
	required: false,
	dataType: { type, specs },
});

const member = (identifier: string, name: string, type: string, specs: unknown = {}) => ({
	identifier,
	name,
	dataType: { type, specs },
});

export const SAMPLE_TSL = {
	properties: [
		{
			...optional("temperature", "Temperature", "float", { min: "-50", max: "150", unit: "°C" }),
			accessMode: "r",
		},
		{ ...optional("power", "Power", "bool", { "0": "off", "1": "on" }), accessMode: "rw" },
		{
			...optional("target", "Target temperature", "float", { min: "-20", max: "80", unit: "°C" }),
			accessMode: "rw",
		},
		{ ...optional("signal", "Signal strength", "int", { min: "-120", max: "0" }), accessMode: "r" },
	],
	events: [
		{
			identifier: "alarm",
			name: "Alarm",
			type: "alert",
			required: false,
			method: "thing.event.alarm.post",
			outputData: [member("reason", "Reason", "text", { length: "256" })],
		},
	],
	services: [
		{
			identifier: "Set",
			name: "Set",
			required: false,
			callType: "async",
			method: "thing.service.Set",
			inputData: [
				optional("param1", "A whole number of any size", "int"),
				optional("temperature", "Temperature", "float", { min: "-50", max: "150" }),
				optional("level", "Level", "double", { min: "0", max: "100" }),
				optional("power", "Power", "bool", { "0": "off", "1": "on" }),
				optional("mode", "Mode", "enum", { "0": "auto", "1": "manual", "2": "eco" }),
				optional("name", "Name", "text", { length: "2048" }),
				optional("big", "A number kept as text", "text", { length: "64" }),
				optional("when", "Time", "date"),
				optional("position", "Position", "struct", [
					member("latitude", "Latitude", "double", { min: "-90", max: "90" }),
					member("longitude", "Longitude", "double", { min: "-180", max: "180" }),
					member("floor", "Floor", "int", { min: "-10", max: "200" }),
				]),
				optional("steps", "Steps", "array", { size: "16", item: { type: "int" } }),
				optional("curve", "Curve", "array", { size: "16", item: { type: "float" } }),
			],
			outputData: [],
		},
		{
			identifier: "Get",
			name: "Get",
			required: false,
			callType: "sync",
			method: "thing.service.Get",
			inputData: [],
			outputData: [
				member("temperature", "Temperature", "float"),
				member("power", "Power", "bool", { "0": "off", "1": "on" }),
			],
		},
		{
			identifier: "Reboot",
			name: "Reboot",
			required: false,
			callType: "async",
			method: "thing.service.Reboot",
			inputData: [],
			outputData: [],
		},
		{
			identifier: "Calibrate",
			name: "Calibrate",
			required: false,
			callType: "sync",
			method: "thing.service.Calibrate",
			inputData: [optional("offset", "Offset", "float", { min: "-10", max: "10" })],
			outputData: [member("offset", "Offset", "float")],
		},
	],
};
