package io.stanzahook;

import io.stanzahook.guard.ArchitectureRules;

/** The house rules, for the engine. */
class ArchitectureTest extends ArchitectureRules {}
