"""The few words every other package uses: ids, time, money, errors, settings. Imports nothing of ours."""
