"""What every part of a rehearsal uses: programs, daemons, listeners, folders."""
