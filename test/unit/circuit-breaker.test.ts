import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import { CircuitBreaker } from "../../shared/retry/circuit-breaker.ts";

function breaker() {
	const clock = new VirtualClock();
	const circuit = new CircuitBreaker({ clock, failures: 5, spanMs: 250, probeEveryMs: 500 });
	const fail = (times: number, startedAgoMs = 0) => {
		for (let n = 0; n < times; n++) circuit.failed(clock.now() - startedAgoMs);
	};
	return { clock, circuit, fail };
}

describe("the circuit breaker", () => {
	it("opens after failures in a row that go on for a while", async () => {
		const { clock, circuit, fail } = breaker();
		fail(4);
		await clock.advance(300);
		expect(circuit.admit()).toBe(true);
		fail(1);
		expect(circuit.refuses).toBe(true);
		expect(circuit.admit()).toBe(false);
	});

	it("does not open for one burst, for one slow call, or while some succeed", async () => {
		const { clock, circuit, fail } = breaker();
		fail(100);
		expect(circuit.open).toBe(false);
		circuit.succeeded();
		fail(1, 5_000);
		expect(circuit.open).toBe(false);
		for (let n = 0; n < 50; n++) {
			fail(4);
			await clock.advance(100);
			circuit.succeeded();
		}
		expect(circuit.open).toBe(false);
	});

	it("counts from when the failing calls began", () => {
		const { circuit, fail } = breaker();
		fail(4, 5_000);
		expect(circuit.open).toBe(false);
		fail(1, 5_000);
		expect(circuit.open).toBe(true);
	});

	it("lets one call through every half second, also while another of them hangs", async () => {
		const { clock, circuit, fail } = breaker();
		fail(5, 300);
		let admitted = 0;
		for (let ms = 0; ms < 3_000; ms += 10) {
			if (circuit.admit()) admitted++;
			await clock.advance(10);
		}
		expect(admitted).toBe(5);
	});

	it("closes with the first success", async () => {
		const { clock, circuit, fail } = breaker();
		fail(5, 300);
		await clock.advance(500);
		expect(circuit.refuses).toBe(false);
		expect(circuit.admit()).toBe(true);
		expect(circuit.admit()).toBe(false);
		circuit.succeeded();
		expect(circuit.admit()).toBe(true);
		fail(4, 300);
		expect(circuit.admit()).toBe(true);
	});
});
