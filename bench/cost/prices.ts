/**
 * Public prices, in US dollars, read in November 2026; they differ by region and change.
 * Sources: help.aliyun.com, "Function Compute: pay-as-you-go"; alibabacloud.com/help,
 * "Tablestore: Billing examples" (high-performance instance). The price of a write
 * is on Tablestore's price page only, which was not at hand.
 */
export const DOLLARS_PER_CU = 0.00002;
export const CU_PER_10_000_INVOCATIONS = 75;
const CU_PER_VCPU_SECOND = 1;
const CU_PER_GB_SECOND_OF_MEMORY = 0.15;
const CU_PER_GB_SECOND_OF_DISK = 0.05;
export const DOLLARS_PER_10_000_READS = 0.003;

/** As s.yaml says. */
const INSTANCE = { vCpu: 0.5, memoryGb: 0.5, diskGb: 0.5 } as const;

/** What an instance costs while it has at least one request, in CU of Function Compute. */
export const CU_PER_INSTANCE_SECOND =
	INSTANCE.vCpu * CU_PER_VCPU_SECOND +
	INSTANCE.memoryGb * CU_PER_GB_SECOND_OF_MEMORY +
	INSTANCE.diskGb * CU_PER_GB_SECOND_OF_DISK;
