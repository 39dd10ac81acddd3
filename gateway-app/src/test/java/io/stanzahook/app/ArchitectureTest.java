package io.stanzahook.app;

import io.stanzahook.guard.ArchitectureRules;

/** The house rules, for the program. */
class ArchitectureTest extends ArchitectureRules {}
