"""The draw: freeze, round, order, cut, proof."""
