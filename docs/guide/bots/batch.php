<?php
// An echo bot for one message or many in a POST: php -S 127.0.0.1:8080 batch.php

// The reply to one message; null for no reply.
function answer($message) {
    if (!isset($message->body)) {  // somebody types, has read, reacts: nothing was said
        return null;
    }
    return array('body' => "Did you say $message->body?");
}

$received = json_decode(file_get_contents('php://input'));
header('Content-Type: application/json');
if (is_array($received)) {  // with --batch: one answer for each, in the same order
    echo json_encode(array_map('answer', $received));
} else {
    echo json_encode(answer($received) ?? new stdClass());
}
