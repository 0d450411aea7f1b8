"""What operations do in the browser: quarantine, nights, draw, payout."""
