"""What people and the clock do to a tender: one module per act, one function per thing done."""
