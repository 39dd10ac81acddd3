<?php
// An echo bot that answers only signed requests: WEBHOOK_SECRET=whsec_... php -S 127.0.0.1:8080 signed.php

// begin verify
function verified($body) {
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > 300) return false;
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $secret = getenv('WEBHOOK_SECRET') ?: throw new Exception('WEBHOOK_SECRET is not set');
    $key = base64_decode(substr($secret, strlen('whsec_')));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $signature) {
        if (hash_equals($expected, $signature)) return true;
    }
    return false;
}
// end verify

$post_data = file_get_contents('php://input');
if (!verified($post_data)) {
    http_response_code(401);
    exit;
}
$received = json_decode($post_data);
if (!isset($received->body)) {  // somebody types, has read, reacts: nothing was said
    http_response_code(204);
    exit;
}
header('Content-Type: application/json');
echo json_encode(array('body' => "Did you say $received->body?"));
