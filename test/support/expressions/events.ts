/** Events that an attacker's device may send, as JSON text; each stays below what a queue takes. */
const LONG = 45_000;

export const EVENTS = {
	plain: '{"value":31,"previous":29,"name":"hall","list":[1,2,3],"map":{"a":{"b":1}}}',
	longText: JSON.stringify({ value: "a".repeat(LONG), other: `${"a".repeat(LONG / 100)}b` }),
	twoLongTexts: JSON.stringify({ value: "a".repeat(LONG / 2), other: `${"a".repeat(LONG / 4)}b` }),
	longList: JSON.stringify({ value: Array.from({ length: 20_000 }, () => 1) }),
	middleList: JSON.stringify({ value: Array.from({ length: 150 }, (_, index) => index) }),
	longMap: JSON.stringify({
		value: Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`k${index}`, index])),
	}),
	deep: `{"value":${"[".repeat(60)}${"]".repeat(60)},"map":${'{"a":'.repeat(60)}1${"}".repeat(60)}}`,
	longNumber: `{"value":${"9".repeat(LONG)},"small":1}`,
	oddNumbers: '{"value":1e999,"small":-1e-999,"zero":-0,"exact":9007199254740993,"ten":1E+1}',
	prototypes:
		'{"value":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"hasOwnProperty":1,"toString":2,"valueOf":3},"__proto__":{"polluted":true},"constructor":1}',
	escapedPrototypes:
		'{"value":{"\\u005f_proto__":{"polluted":true},"const\\u0072uctor":null},"\\u005f\\u005fproto\\u005f_":{"polluted":true}}',
	lookalikes:
		'{"value":{"isLosslessNumber":true,"value":"1","length":1e9,"size":1e9,"then":"x","toJSON":"x","kind":"literal","Symbol(x)":1},"list":{"0":1,"length":4294967295}}',
	unicode:
		'{"value":"\\ud800","\\udfff":"\\u0000\\u2028\\ufeff","name":"🏠🏠🏠 e\\u0301 \\u202e","map":{"":{"":1}}}',
	nulls: '{"value":null,"previous":null,"list":[null,null],"map":{}}',
} as const;
