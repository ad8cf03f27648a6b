import { describeLedgers, ledgerContract } from "@promptops/testing";

describeLedgers(ledgerContract);
