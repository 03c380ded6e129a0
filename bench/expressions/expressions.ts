/**
 * Attacks by expressions, each with the processor time that it took until it
 * was over; and how fast honest expressions are.
 */
import { type ExactObject, freeze, parseExact } from "../../shared/json/exact.ts";
import { Expression, namesOf, Run } from "../../shared/reaction/expression.ts";
import { type Attacked, attack, isUntouched } from "../../test/support/expressions/attack.ts";
import { ATTACKS, type Attack } from "../../test/support/expressions/attacks.ts";
import { randomAttack } from "../../test/support/expressions/random-attack.ts";
import { seededRandom } from "../../test/support/random.ts";
import { median, type Report } from "../report.ts";

const HONEST = [
	"previous <= 30 && value > 30",
	"identifier == 'temperature' && deviceName.startsWith('ha')",
	"{'speed': math.round(value / 10), 'why': deviceName + ': ' + string(value)}",
	"body.items.exists(name, body.items[name].value > 40)",
];
const EVENT = freeze(
	parseExact(
		JSON.stringify({
			deviceName: "hall",
			identifier: "temperature",
			value: 30.5,
			previous: 29,
			body: { items: { temperature: { value: 30.5 }, humidity: { value: 41 } } },
		}),
	) as ExactObject,
);
const ROUNDS = 7;
const RANDOM = 100_000;
const SEED = 20_261_124;
const EVALUATIONS = 20_000;

export async function expressions({ quick }: { readonly quick: boolean }): Promise<Report> {
	// Once before, so that what is measured is the attack and not the compiler of Node.js.
	for (const one of ATTACKS) attack(one);
	const rounds = quick ? 1 : ROUNDS;
	const random = quick ? RANDOM / 10 : RANDOM;
	return {
		title: `${ATTACKS.length} attacks by expressions, and ${random} at random`,
		columns: [
			"aim",
			"attacks",
			"refused",
			"ended by an error",
			"gave a value",
			"most ms",
			"escapes",
		],
		rows: [
			...[...new Set(ATTACKS.map(({ aim }) => aim))].map((aim) =>
				row(
					aim,
					ATTACKS.filter((one) => one.aim === aim),
				),
			),
			row("put together at random", atRandom(random)),
		],
		note: [
			"Refused: when the reaction is stored. ms of processor time. Honest expressions, median of the rounds:",
			"",
			...HONEST.map((text) => `- \`${text}\`: ${speed(text, rounds)}`),
		].join("\n"),
	};
}

function* atRandom(count: number): Generator<Attack> {
	const random = seededRandom(SEED);
	for (let made = 0; made < count; made++) yield randomAttack(random);
}

function row(aim: string, attacks: Iterable<Attack>): string[] {
	const results = Array.from(attacks, attack);
	const touched = isUntouched() ? 0 : 1;
	const count = (...outcomes: readonly Attacked["outcome"][]) =>
		String(results.filter(({ outcome }) => outcomes.includes(outcome)).length);
	return [
		aim,
		String(results.length),
		count("refused"),
		count("failed"),
		count("gave JSON", "gave nothing"),
		results.reduce((most, { cpuMs }) => Math.max(most, cpuMs), 0).toFixed(1),
		String(touched + results.filter(({ escapes }) => escapes.length > 0).length),
	];
}

function speed(text: string, rounds: number): string {
	const names = namesOf("property");
	const compile = timed(rounds, EVALUATIONS / 10, () => new Expression(text, names));
	const expression = new Expression(text, names);
	const evaluate = timed(rounds, EVALUATIONS, () => expression.evaluate(new Run(EVENT)));
	return `${evaluate} evaluations/s, compiled ${compile} times/s`;
}

/** How often a second of processor time is enough for it. */
function timed(rounds: number, count: number, work: () => unknown): string {
	const times = Array.from({ length: rounds + 1 }, () => {
		const began = process.cpuUsage();
		for (let index = 0; index < count; index++) work();
		const { user, system } = process.cpuUsage(began);
		return (user + system) / 1_000_000;
	});
	return Math.round(count / median(times.slice(1))).toLocaleString("en");
}
